using System.CommandLine;
using System.CommandLine.Parsing;

namespace Aphorist.Cli.CommandLine;

/// <summary>An option whose value is one of a few words.</summary>
/// <remarks>The parser sees text, for the same reason as with <see cref="NumberOption{T}"/>.</remarks>
internal sealed class ChoiceOption<T> : Option<string?>
    where T : struct
{
    private readonly (string Word, T Value)[] choices;
    private readonly List<(string Word, T Value)> others = [];

    /// <param name="name">The option.</param>
    /// <param name="description">What it does. The default is appended.</param>
    /// <param name="fallback">The default.</param>
    /// <param name="choices">The words and what they mean.</param>
    public ChoiceOption(string name, string description, T fallback, params (string Word, T Value)[] choices)
        : this(name, $"{description} Default: {choices.First(choice => choice.Value.Equals(fallback)).Word}.", choices)
    {
    }

    public ChoiceOption(string name, string description, params (string Word, T Value)[] choices)
        : base(name)
    {
        this.choices = choices;
        string[] words = [.. choices.Select(choice => choice.Word)];
        Description = description;
        HelpName = string.Join('|', words);
        Arity = ArgumentArity.ExactlyOne;
        CompletionSources.Add(words);
        Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (Find(token.Value) is null) result.AddError($"{name} takes {string.Join(" or ", words)}, not '{token.Value}'.");
        });
    }

    /// <summary>Adds a word that is understood, but not shown in the help.</summary>
    public ChoiceOption<T> Understands(string word, T value)
    {
        others.Add((word, value));
        return this;
    }

    /// <summary>The chosen value; null if the option is not given.</summary>
    public T? GetValue(ParseResult call) => call.GetValue(this) is string word ? Find(word) : null;

    private T? Find(string word)
    {
        foreach ((string known, T value) in choices.Concat(others))
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
        return null;
    }
}

/// <summary>Creates options with the usual choices.</summary>
internal static class ChoiceOptions
{
    public static ChoiceOption<bool> TrueOrFalse(string name, string description) =>
        new(name, description, ("true", true), ("false", false));

    public static ChoiceOption<bool> TrueOrFalse(string name, string description, bool fallback) =>
        new(name, description, fallback, ("true", true), ("false", false));
}
