using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Aphorist.Cli.CommandLine;

/// <summary>The numbers that an option accepts.</summary>
/// <param name="Minimum">The lower bound.</param>
/// <param name="Maximum">The upper bound; infinity for none.</param>
internal sealed record NumberRange(double Minimum, double Maximum = double.PositiveInfinity)
{
    /// <summary>Whether the lower bound itself is refused.</summary>
    public bool ExcludesMinimum { get; init; }

    /// <summary>Whether the upper bound itself is refused.</summary>
    public bool ExcludesMaximum { get; init; }

    public static NumberRange AtLeast(double minimum) => new(minimum);

    public static NumberRange Above(double minimum, double maximum = double.PositiveInfinity) =>
        new(minimum, maximum) { ExcludesMinimum = true };

    /// <summary>From 0 to below 1: a probability, a fraction or a decay that may be 0 and must not be 1.</summary>
    public static NumberRange BelowOne { get; } = new(0, 1) { ExcludesMaximum = true };

    public bool Contains(double value) =>
        double.IsFinite(value)
        && (ExcludesMinimum ? value > Minimum : value >= Minimum)
        && (ExcludesMaximum ? value < Maximum : value <= Maximum);

    /// <summary>The range in words: "1 or more", "above 0", "2 to 4096", "above 0, up to 1".</summary>
    public override string ToString()
    {
        string minimum = Text(Minimum), maximum = Text(Maximum);
        if (double.IsPositiveInfinity(Maximum)) return ExcludesMinimum ? $"above {minimum}" : $"{minimum} or more";
        if (ExcludesMinimum) return $"above {minimum}, {(ExcludesMaximum ? "below" : "up to")} {maximum}";
        return ExcludesMaximum ? $"{minimum} to below {maximum}" : $"{minimum} to {maximum}";
    }

    /// <summary>A description followed by the default, if there is one, and the range.</summary>
    public string Describe(string description, string? fallback) =>
        fallback is null ? $"{description} Range: {this}." : $"{description} Default: {fallback}. Range: {this}.";

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>
/// Numbers are written with a decimal point, whatever the language of the system. A person who writes a decimal comma is told so, because
/// a comma may also separate two numbers.
/// </summary>
internal static class DecimalComma
{
    /// <summary>How to write a number that was refused, if it has a decimal comma; otherwise nothing.</summary>
    public static string Hint(string word) =>
        IsNumber(word.Replace(',', '.')) && word.Count(unit => unit == ',') == 1
            ? $" Write it with a decimal point: {word.Replace(',', '.')}."
            : "";

    /// <summary>Says how a list was read, if its commas could be decimal commas; null if they could not.</summary>
    /// <param name="option">The option that takes the list.</param>
    /// <param name="words">The values of the list.</param>
    public static string? Note(string option, string[] words)
    {
        bool isAmbiguous = words.Length > 0 && words.Length % 2 == 0 && words.All(word => word.Length > 0 && word.All(char.IsAsciiDigit));
        if (!isAmbiguous) return null;
        string read = $"{string.Join(", ", words[..^1])} and {words[^1]}";
        string meant = string.Join(',', words.Chunk(2).Select(pair => $"{pair[0]}.{pair[1]}"));
        return $"{option} was read as the values {read}. If the comma is a decimal comma, write {meant}.";
    }

    private static bool IsNumber(string word) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
}

/// <summary>An option whose value is a number within a range.</summary>
/// <remarks>
/// The parser sees text: number types make it compile code at every start, which takes longer than the rest of a short call.
/// </remarks>
internal sealed class NumberOption<T> : Option<string?>
    where T : struct, INumber<T>
{
    private readonly NumberRange range;

    public NumberOption(string name, string valueName, string description, NumberRange range, T? fallback = null)
        : base(name)
    {
        this.range = range;
        Description = range.Describe(description, fallback?.ToString(null, CultureInfo.InvariantCulture));
        HelpName = valueName;
        Arity = ArgumentArity.ExactlyOne;
        string kind = typeof(T) == typeof(double) ? "a number" : "a whole number";
        Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (Parse(token.Value) is null)
                    result.AddError($"{name} takes {kind} ({range}), not '{token.Value}'.{DecimalComma.Hint(token.Value)}");
        });
    }

    /// <summary>The number given; null if the option is not given.</summary>
    public T? GetValue(ParseResult call) => call.GetValue(this) is string word ? Parse(word) : null;

    private T? Parse(string word) =>
        T.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out T value) && range.Contains(double.CreateChecked(value))
            ? value
            : null;
}

/// <summary>An option whose value is one or more numbers, separated by commas.</summary>
internal sealed class NumberListOption : Option<string?>
{
    private readonly NumberRange range;
    private readonly int? count;

    /// <param name="name">The option.</param>
    /// <param name="valueName">What its value is called in the help.</param>
    /// <param name="description">What it does.</param>
    /// <param name="range">The range of each number.</param>
    /// <param name="fallback">The default; null for none.</param>
    /// <param name="count">How many numbers there have to be; null for one or more.</param>
    public NumberListOption(
        string name, string valueName, string description, NumberRange range, string? fallback = null, int? count = null)
        : base(name)
    {
        (this.range, this.count) = (range, count);
        Description = range.Describe(description, fallback);
        HelpName = valueName;
        Arity = ArgumentArity.ExactlyOne;
        string kind = count is null ? "numbers" : $"{count} numbers";
        Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (Parse(token.Value) is null)
                    result.AddError($"{name} takes {kind} with a decimal point, separated by commas ({range}), not '{token.Value}'.");
        });
    }

    /// <summary>Says how the list was read, if its commas could be decimal commas; null if they could not.</summary>
    public string? NoteOn(ParseResult call) =>
        count is null && call.GetValue(this) is string words ? DecimalComma.Note(Name, words.Split(',')) : null;

    /// <summary>The numbers given; null if the option is not given.</summary>
    public double[]? GetValue(ParseResult call) => call.GetValue(this) is string words ? Parse(words) : null;

    private double[]? Parse(string words)
    {
        List<double> numbers = [];
        foreach (string word in words.Split(','))
        {
            bool isNumber = double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double number);
            if (!isNumber || !range.Contains(number)) return null;
            numbers.Add(number);
        }

        return count is null || numbers.Count == count ? [.. numbers] : null;
    }
}

/// <summary>Creates options of the usual number types. The help of each ends with its default, if one is given, and its range.</summary>
internal static class NumberOptions
{
    public static NumberOption<int> Whole(string name, string description, int minimum, int maximum = int.MaxValue, int? fallback = null) =>
        new(name, "n", description, maximum == int.MaxValue ? NumberRange.AtLeast(minimum) : new NumberRange(minimum, maximum), fallback);

    public static NumberOption<double> Real(
        string name, string valueName, string description, NumberRange range, double? fallback = null) =>
        new(name, valueName, description, range, fallback);

    public static NumberOption<ulong> Seed(string name, string description, ulong? fallback = null) =>
        new(name, "n", description, NumberRange.AtLeast(0), fallback);
}
