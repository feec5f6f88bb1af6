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

    public static NumberRange Above(double minimum, double maximum = double.PositiveInfinity) => new(minimum, maximum) { ExcludesMinimum = true };

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

    /// <summary>The range for an error message: "a whole number (2 to 4096)".</summary>
    public string Name(bool isWhole) => $"{(isWhole ? "a whole number" : "a number")} ({this})";

    /// <summary>A description followed by the default, if there is one, and the range.</summary>
    public string Describe(string description, string? fallback) =>
        fallback is null ? $"{description} Range: {this}." : $"{description} Default: {fallback}. Range: {this}.";

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}

/// <summary>An option whose value is a number within a range.</summary>
/// <remarks>
/// The parser sees text: number types make it compile code at every start, which takes longer than the rest of a short call.
/// </remarks>
internal sealed class NumberOption<T> : Option<string?>
    where T : struct, INumber<T>
{
    private static readonly bool IsWhole = typeof(T) != typeof(double);

    private readonly Predicate<T> allowed;

    public NumberOption(string name, string valueName, string description, NumberRange range, T? fallback = null)
        : this(
            name,
            valueName,
            range.Describe(description, fallback?.ToString(null, CultureInfo.InvariantCulture)),
            value => range.Contains(double.CreateChecked(value)),
            range.Name(IsWhole))
    {
    }

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

/// <summary>An option whose value is one or more numbers, separated by commas.</summary>
internal sealed class NumberListOption : Option<string?>
{
    private readonly Predicate<double> allowed;

    public NumberListOption(string name, string valueName, string description, NumberRange range, string? fallback = null)
        : this(name, valueName, range.Describe(description, fallback), range.Contains, $"numbers separated by commas ({range})")
    {
    }

    /// <param name="name">The option.</param>
    /// <param name="valueName">What its value is called in the help.</param>
    /// <param name="description">What it does.</param>
    /// <param name="range">The range of each number.</param>
    /// <param name="count">How many numbers there have to be.</param>
    public NumberListOption(string name, string valueName, string description, NumberRange range, int count)
        : this(name, valueName, range.Describe(description, null), range.Contains, $"{count} numbers separated by commas ({range})", count, count)
    {
    }

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

/// <summary>Creates options of the usual number types. The help of each ends with its default, if one is given, and its range.</summary>
internal static class NumberOptions
{
    public static NumberOption<int> Whole(string name, string description, int minimum, int maximum = int.MaxValue, int? fallback = null) =>
        new(name, "n", description, maximum == int.MaxValue ? NumberRange.AtLeast(minimum) : new NumberRange(minimum, maximum), fallback);

    public static NumberOption<double> Real(string name, string valueName, string description, NumberRange range, double? fallback = null) =>
        new(name, valueName, description, range, fallback);

    public static NumberOption<ulong> Seed(string name, string description, ulong? fallback = null) =>
        new(name, "n", description, NumberRange.AtLeast(0), fallback);

    public static NumberOption<double> Real(string name, string valueName, string description, Predicate<double> allowed, string bounds) =>
        new(name, valueName, description, value => double.IsFinite(value) && allowed(value), bounds);
}
