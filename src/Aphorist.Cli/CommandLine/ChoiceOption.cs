using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>Options whose value is one of a few words.</summary>
internal static class ChoiceOption
{
    /// <summary>An option that takes the word of one of <paramref name="choices"/>.</summary>
    public static Option<T?> Create<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct
    {
        string[] words = [.. choices.Select(choice => choice.Word)];
        Option<T?> option = new(name)
        {
            Description = description,
            HelpName = string.Join('|', words),
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result =>
            {
                string word = result.Tokens[0].Value;
                foreach ((string known, T value) in choices)
                    if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
                result.AddError($"{name} takes {string.Join(" or ", words)}, not '{word}'.");
                return null;
            },
        };
        // Without this, an enumeration's own names would be offered too.
        option.CompletionSources.Clear();
        option.CompletionSources.Add(words);
        return option;
    }

    /// <summary>An option that takes true or false.</summary>
    public static Option<bool?> TrueOrFalse(string name, string description) => Create(name, description, ("true", true), ("false", false));
}
