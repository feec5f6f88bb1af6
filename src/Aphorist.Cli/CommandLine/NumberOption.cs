using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Aphorist.Cli.CommandLine;

/// <summary>An option whose value is a number within bounds, and whose mistakes are told in a sentence.</summary>
/// <remarks>To the parser it is text: options of number types would have to be compiled at every start, which takes longer than all the rest.</remarks>
internal sealed class NumberOption<T> : Option<string?>
    where T : struct, INumber<T>
{
    private readonly Predicate<T> allowed;

    public NumberOption(string name, string valueName, string description, Predicate<T> allowed, string bounds)
        : base(name)
    {
        this.allowed = allowed;
        Description = description;
        HelpName = valueName;
        Arity = ArgumentArity.ExactlyOne;
        Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (Parse(token.Value) is null) result.AddError($"{name} takes {bounds}, not '{token.Value}'.");
        });
    }

    /// <summary>The number given; null if none was.</summary>
    public T? GetValue(ParseResult call) => call.GetValue(this) is string word ? Parse(word) : null;

    private T? Parse(string word) =>
        T.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && allowed(value) ? value : null;
}
