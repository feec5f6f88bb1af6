using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// Rewrites the words of a call as the parser expects them, so that all that follows sees the options of this program: names of other
/// programs (--lr), underscores (--learning_rate), a single dash (-temperature), and switches without a value (--tied).
/// </summary>
/// <remarks>
/// Aliases of System.CommandLine would appear in help and completion, and it would take the word after a switch, such as the name of a
/// text, for its value.
/// </remarks>
internal static class OptionWords
{
    // Only true and false are values of a switch. The others are refused as such, so that they are not taken for names of files.
    private static readonly string[] SwitchValues = ["true", "false", "yes", "no", "on", "off", "1", "0", ""];

    /// <summary>The words as the parser expects them.</summary>
    /// <param name="words">The words of the call.</param>
    /// <param name="command">The command that they call.</param>
    public static string[] ForParser(IReadOnlyList<string> words, Command command)
    {
        Option[] options = [.. Of(command)];
        List<string> rewritten = [];
        bool isValue = false;
        for (int index = 0; index < words.Count; index++)
        {
            string word = words[index];
            if (word == "--") return [.. rewritten, .. words.Skip(index)];
            (string name, string value) = Split(word);
            Option? exact = options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));
            // A value such as the prompt "-start" stays as it is, unless it is the name of an option, as in the parser.
            Option? option = exact ?? (isValue || !word.StartsWith('-') ? null : Find(name, options));
            rewritten.Add(exact is not null || option is null ? word : option.Name + value);
            isValue = option is { Arity.MinimumNumberOfValues: > 0 } && value.Length == 0;
            if (!isValue || option is not ChoiceOption<bool>) continue;
            isValue = index + 1 < words.Count && SwitchValues.Contains(words[index + 1], StringComparer.OrdinalIgnoreCase);
            if (!isValue) rewritten.Add("true");
        }

        return [.. rewritten];
    }

    /// <summary>Finds an option by its name, however it is written, or by its name in another program; null if there is none.</summary>
    public static Option? Find(string name, IReadOnlyCollection<Option> options)
    {
        string plain = Plain(name);
        // A single letter is a short option.
        if (plain.Length < 2 || name.Length - plain.Length > 2) return null;
        string? usual = FamiliarNames.OptionOf(plain, [.. options.Select(option => option.Name)]);
        return options.FirstOrDefault(option => option.Name == $"--{plain}") ?? options.FirstOrDefault(option => option.Name == usual);
    }

    /// <summary>The name of an option without dashes in front, with hyphens instead of underscores.</summary>
    public static string Plain(string name) => name.TrimStart('-').Replace('_', '-');

    /// <summary>Splits --name=value into the name and the rest; the rest is empty if the word is only a name.</summary>
    public static (string Name, string Value) Split(string word)
    {
        int end = word.IndexOfAny(['=', ':']);
        return end < 0 ? (word, "") : (word[..end], word[end..]);
    }

    /// <summary>The options of a command, those of every command included.</summary>
    public static IEnumerable<Option> Of(Command command) =>
        command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options).Where(option => option.Recursive));
}
