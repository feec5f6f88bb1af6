namespace Aphorist;

/// <summary>A text that a <see cref="GenerationScheduler"/> generates.</summary>
public sealed record GenerationRequest
{
    /// <summary>
    /// The text to continue, of any length; it is normalized like the model's corpus. With an empty prompt, the default, the model starts
    /// from a zero state.
    /// </summary>
    public string Prompt { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = "";

    /// <summary>The tokens to continue, instead of <see cref="Prompt"/>. Null by default.</summary>
    public IReadOnlyList<int>? PromptIds { get; init; }

    /// <summary>The options. Their <see cref="GenerationOptions.MaxTokens"/> may be null: the text then ends when it is canceled.</summary>
    public GenerationOptions Options { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = new();

    /// <summary>
    /// The number of most likely tokens to return with each token: 0 or more. Null, the default, returns no
    /// <see cref="TextPiece.Tokens"/>.
    /// </summary>
    public int? Alternatives { get; init => field = GenerationOptions.Check(value, value is null or >= 0, "0 or more, or null"); }

    /// <summary>
    /// Whether the tokens of the prompt are returned, too, with their probabilities. As for <see cref="TextGenerator.Score"/>, the model
    /// then reads the prompt statefully, unless <see cref="SchedulerOptions.Mode"/> names a mode. Needs <see cref="Alternatives"/>. False
    /// by default.
    /// </summary>
    public bool ScorePrompt { get; init; }

    /// <summary>
    /// Who asks. While texts wait, each client gets an equal share of the slots. All requests have the same client by default.
    /// </summary>
    public string Client { get; init => field = value ?? throw new ArgumentNullException(nameof(value)); } = "";
}

/// <summary>A part of a text that was generated since the previous part.</summary>
public sealed record TextPiece
{
    /// <summary>The text; empty if the piece only has tokens, or only says that the text has ended.</summary>
    public required string Text { get; init; }

    /// <summary>
    /// The tokens of this piece with the model's own probabilities, if <see cref="GenerationRequest.Alternatives"/> asks for them. Their
    /// texts joined are <see cref="Text"/>.
    /// </summary>
    public IReadOnlyList<ScoredToken> Tokens { get; init; } = [];

    /// <summary>Whether this is a part of the prompt, see <see cref="GenerationRequest.ScorePrompt"/>.</summary>
    public bool IsPrompt { get; init; }

    /// <summary>Why the text has ended; null if this is not the last piece.</summary>
    public FinishReason? FinishReason { get; init; }
}

/// <summary>Why a text has ended.</summary>
public enum FinishReason
{
    /// <summary>A stop sequence was found.</summary>
    Stop,

    /// <summary>The text has <see cref="GenerationOptions.MaxTokens"/> tokens.</summary>
    Length,
}
