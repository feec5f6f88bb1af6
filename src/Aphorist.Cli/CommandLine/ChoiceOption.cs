using System.CommandLine;
using System.CommandLine.Parsing;

namespace Aphorist.Cli.CommandLine;

/// <summary>An option whose value is one of a few words.</summary>
/// <remarks>To the parser it is text, for the same reason as <see cref="NumberOption{T}"/>.</remarks>
internal sealed class ChoiceOption<T> : Option<string?>
    where T : struct
{
    private readonly (string Word, T Value)[] choices;

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

    /// <summary>What was chosen; null if nothing was.</summary>
    public T? GetValue(ParseResult call) => call.GetValue(this) is string word ? Find(word) : null;

    private T? Find(string word)
    {
        foreach ((string known, T value) in choices)
            if (known.Equals(word, StringComparison.OrdinalIgnoreCase)) return value;
        return null;
    }
}
