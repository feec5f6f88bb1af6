using System.Globalization;

namespace Aphorist.Studio.Write;

/// <summary>
/// What a person has set for the next text. The values come from a browser: <see cref="Limit"/> brings them into their ranges.
/// </summary>
public sealed record SamplingSettings
{
    /// <summary>The longest text that one run may write.</summary>
    public const int MaxLength = 10_000;

    /// <summary>The temperatures that are compared at first. Samples during training have them, too.</summary>
    public static IReadOnlyList<double> Temperatures { get; } = [0.2, 0.5, 1, 1.2];

    public double Temperature { get; init; } = 0.7;

    /// <summary>0 keeps all tokens.</summary>
    public int TopK { get; init; }

    public double TopP { get; init; } = 1;

    public double MinP { get; init; }

    public double TypicalP { get; init; } = 1;

    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Null takes another seed each time.</summary>
    public long? Seed { get; init; }

    /// <summary>The number of tokens to write.</summary>
    public int Length { get; init; } = 400;

    /// <summary>The same settings with every value in its range.</summary>
    public SamplingSettings Limit() => this with
    {
        Temperature = Within(Temperature, 0, 10, 0.7),
        TopK = Math.Max(0, TopK),
        TopP = Within(TopP, 0.001, 1, 1),
        MinP = Within(MinP, 0, 1, 0),
        TypicalP = Within(TypicalP, 0.001, 1, 1),
        RepetitionPenalty = Within(RepetitionPenalty, 1, 100, 1),
        Seed = Seed is < 0 ? null : Seed,
        Length = Math.Clamp(Length, 1, MaxLength),
    };

    /// <summary>The default settings, with the length and the seed of these.</summary>
    public SamplingSettings Reset() => new() { Length = Length, Seed = Seed };

    /// <summary>The options for a model.</summary>
    public GenerationOptions ToOptions(Tokenizer tokenizer, ulong seed) => new()
    {
        Temperature = Temperature,
        TopK = TopK >= tokenizer.VocabularySize ? 0 : TopK,
        TopP = TopP,
        MinP = MinP,
        TypicalP = TypicalP,
        RepetitionPenalty = RepetitionPenalty,
        MaxTokens = Length,
        Seed = seed,
    };

    /// <summary>Reads a number that was typed; null if it is none.</summary>
    public static double? Parse(object? value) =>
        double.TryParse($"{value}", NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)
            ? number
            : null;

    private static double Within(double value, double least, double most, double otherwise) =>
        double.IsFinite(value) ? Math.Clamp(value, least, most) : otherwise;
}
