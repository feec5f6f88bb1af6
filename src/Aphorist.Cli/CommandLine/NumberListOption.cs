using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Aphorist.Cli.CommandLine;

/// <summary>An option whose value is one or more numbers with commas between them, within bounds.</summary>
/// <remarks>To the parser it is text, for the same reason as <see cref="NumberOption{T}"/>.</remarks>
internal sealed class NumberListOption : Option<string?>
{
    private readonly Predicate<double> allowed;

    public NumberListOption(string name, string valueName, string description, Predicate<double> allowed, string bounds, int least = 1, int most = int.MaxValue)
        : base(name)
    {
        this.allowed = allowed;
        Description = description;
        HelpName = valueName;
        Arity = ArgumentArity.ExactlyOne;
        Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (Parse(token.Value) is not { } numbers || numbers.Length < least || numbers.Length > most) result.AddError($"{name} takes {bounds}, not '{token.Value}'.");
        });
    }

    /// <summary>The numbers given; null if none were.</summary>
    public double[]? GetValue(ParseResult call) => call.GetValue(this) is string words ? Parse(words) : null;

    private double[]? Parse(string words)
    {
        List<double> numbers = [];
        foreach (string word in words.Split(','))
        {
            if (!double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number) || !allowed(number)) return null;
            numbers.Add(number);
        }

        return [.. numbers];
    }
}
