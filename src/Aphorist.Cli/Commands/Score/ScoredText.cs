using Aphorist.Training;

namespace Aphorist.Cli.Commands.Score;

/// <summary>How surprising a text was.</summary>
/// <param name="Model">What the model is called.</param>
/// <param name="Name">What the text is called.</param>
/// <param name="Tokenizer">What cuts it into tokens.</param>
/// <param name="Total">The totals, the first token included.</param>
/// <param name="Entropy">The surprise that was to be expected, in nats.</param>
/// <param name="Passages">Its oddest passages, the oddest first.</param>
/// <param name="Beginning">The tokens that the page shows.</param>
internal sealed record ScoredText(
    string Model, string Name, Tokenizer Tokenizer, Evaluation Total, double Entropy, IReadOnlyList<Passage> Passages, IReadOnlyList<ScoredToken> Beginning)
{
    /// <summary>The surprise that was to be expected, in bits for each character.</summary>
    public double ExpectedBitsPerCharacter => Entropy / Math.Log(2) / Total.Characters;
}
