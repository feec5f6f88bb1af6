using System.CommandLine;
using System.Reflection;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Training;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>The tables of options of a run.</summary>
public sealed class FlagTests
{
    private const int MaximumCommonOptions = 12;

    private static readonly Command Train = TrainCommand.Create();

    /// <summary>Properties of the library's records that train sets: messages that name one must be able to name its option.</summary>
    public static TheoryData<string> Properties() =>
    [
        .. PropertiesOf(typeof(ModelSpec)),
        .. PropertiesOf(typeof(TrainingOptions)),
        .. PropertiesOf(typeof(TokenizerOptions)).Except([nameof(TokenizerOptions.Kind)]),
    ];

    [Theory]
    [MemberData(nameof(Properties))]
    public void Options_PropertyOfARecord_HasAnOption(string property) => Assert.NotNull(PropertyNames.OptionOf(property, Train));

    [Fact]
    public void Options_UnderTheirHeadings_AreEachInOneGroupAndCommonOnesAreFew()
    {
        IReadOnlyList<OptionGroup> groups = OptionGroup.Of(Train);

        Assert.Equal("Common options", groups[0].Heading);
        Assert.InRange(groups[0].Options.Count, 1, MaximumCommonOptions);
        Assert.DoesNotContain("Options", groups.Select(group => group.Heading));
        string[] grouped = [.. groups.SelectMany(group => group.Options).Select(option => option.Name)];
        Assert.Equal(Train.Options.Select(option => option.Name).Order(), grouped.Order());
    }

    [Fact]
    public void Options_WithARange_SayTheirDefault() => Assert.All(
        Train.Options.Where(option => option.Description!.Contains("Range: ", StringComparison.Ordinal)),
        option => Assert.Contains("Default: ", option.Description, StringComparison.Ordinal));

    private static IEnumerable<string> PropertiesOf(Type record) =>
        record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .Select(property => property.Name);
}
