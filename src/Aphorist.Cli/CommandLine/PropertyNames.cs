using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// Knows which property of the library's options records an option sets, so that a message of the library, which names properties, can name
/// options.
/// </summary>
internal static partial class PropertyNames
{
    private static readonly ConditionalWeakTable<Option, string> Properties = [];

    /// <summary>
    /// Declares the property that an option sets. Not needed where the option's name is the property's in kebab case: LearningRate,
    /// --learning-rate.
    /// </summary>
    public static TOption Sets<TOption>(this TOption option, string property)
        where TOption : Option
    {
        Properties.Add(option, property);
        return option;
    }

    /// <summary>Replaces the names of properties in a message by the options of a command that set them.</summary>
    public static string ToOptions(string message, Command command) =>
        Word().Replace(message, word => OptionOf(word.Value, command)?.Name ?? word.Value);

    /// <summary>The option of a command that sets a property; null if it has none.</summary>
    public static Option? OptionOf(string property, Command command)
    {
        string name = $"--{JsonNamingPolicy.KebabCaseLower.ConvertName(property)}";
        return command.Options.FirstOrDefault(Sets);

        bool Sets(Option option) => Properties.TryGetValue(option, out string? set) ? set == property : option.Name == name;
    }

    [GeneratedRegex(@"\b[A-Z][A-Za-z]+\b")]
    private static partial Regex Word();
}
