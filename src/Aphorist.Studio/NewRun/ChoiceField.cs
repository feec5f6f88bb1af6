using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>An option with a few values.</summary>
public sealed class ChoiceField : OptionField
{
    /// <summary>The values and their names.</summary>
    public required IReadOnlyList<(string Value, Bilingual Name)> Choices { get; init; }

    /// <summary>Gets the value.</summary>
    public required Func<TrainingRunOptions, string> Get { get; init; }

    /// <summary>Sets the value.</summary>
    public required Func<TrainingRunOptions, string, TrainingRunOptions> Set { get; init; }

    /// <inheritdoc/>
    public override string Read(TrainingRunOptions options) => Get(options);

    /// <inheritdoc/>
    public override TrainingRunOptions Write(TrainingRunOptions options, string value, out Bilingual? problem)
    {
        bool isKnown = Choices.Any(choice => choice.Value == value);
        problem = isKnown ? null : new("Choose one of the values.", "请从列表中选择一个值。");
        return isKnown ? Set(options, value) : options;
    }

    /// <summary>An option whose values are those of an enumeration.</summary>
    public static ChoiceField Create<T>(
        string id, OptionGroup group, string property, Bilingual label, Bilingual help, IReadOnlyList<(string, Bilingual)> choices,
        Func<TrainingRunOptions, T> get, Func<TrainingRunOptions, T, TrainingRunOptions> set,
        Func<TrainingRunOptions, bool>? applies = null)
        where T : struct, Enum => new()
        {
            Id = id,
            Group = group,
            Property = property,
            Label = label,
            Help = help,
            Choices = choices,
            Get = options => get(options).ToString().ToLowerInvariant(),
            Set = (options, value) => set(options, Enum.Parse<T>(value, ignoreCase: true)),
            Applies = applies ?? Always,
        };
}
