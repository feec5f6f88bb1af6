using System.Text;

namespace Aphorist.Interop;

/// <summary>How well an imported model predicts a text with a vocabulary, and whether another one fits better.</summary>
/// <remarks>Losses are in nats per character. See <see cref="ImportedModel.Check"/>.</remarks>
public sealed record ImportCheck
{
    /// <summary>The number of predictions: 0 if the text is too short to check anything.</summary>
    public required int Count { get; init; }

    /// <summary>The loss of the model, each character predicted from at most a window of text before it.</summary>
    public required double Loss { get; init; }

    /// <summary>
    /// The loss of the frequencies of the text's characters, without any context. A model with its vocabulary has a lower loss.
    /// </summary>
    public required double UnigramLoss { get; init; }

    /// <summary>The number of characters of the sample.</summary>
    public required long Characters { get; init; }

    /// <summary>The number of characters of the sample that the vocabulary lacks, and that were skipped.</summary>
    public required long UnknownCharacters { get; init; }

    /// <summary>A usual order of the characters that predicts the text clearly better; null if none does.</summary>
    public CharacterOrder? BetterOrder { get; init; }

    /// <summary>The loss with <see cref="BetterOrder"/>; null if there is none.</summary>
    public double? BetterLoss { get; init; }

    /// <summary>
    /// Two characters that seem to have each other's id, because exchanging them makes the text clearly more likely; null if there are
    /// none. Only the clearest pair is returned.
    /// </summary>
    public (Rune First, Rune Second)? Exchanged { get; init; }

    /// <summary>How many times more likely the text is with <see cref="Exchanged"/>, as a natural logarithm; 0 if there is none.</summary>
    public double ExchangeGain { get; init; }

    /// <summary>
    /// The characters whose ids the text cannot distinguish, because they are too rare in it or the model predicts them alike: an exchange
    /// among them would not be noticed. Empty if the vocabulary does not fit.
    /// </summary>
    public IReadOnlyList<Rune> Undecided { get; init; } = [];

    /// <summary>The loss of whole windows, as in window mode.</summary>
    public double WindowLoss { get; init; }

    /// <summary>The loss with the state carried from character to character, as in stateful mode.</summary>
    public double StatefulLoss { get; init; }

    /// <summary>The mode in which the model predicts the text better; that of the file where both are about the same.</summary>
    public required GenerationMode BestMode { get; init; }

    /// <summary>Whether there is nothing against the vocabulary.</summary>
    public bool Fits => Count == 0 || (Loss < UnigramLoss && BetterOrder is null && Exchanged is null);
}
