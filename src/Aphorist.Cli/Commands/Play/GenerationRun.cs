using Aphorist.Text.Tokenizers;

namespace Aphorist.Cli.Commands.Play;

/// <summary>How much the model generates.</summary>
internal enum GenerationExtent
{
    /// <summary>One token; with a byte tokenizer, the bytes of one character.</summary>
    Token,

    /// <summary>One word and the character after it.</summary>
    Word,

    /// <summary>To the end of the line.</summary>
    Line,

    /// <summary>Until it is stopped.</summary>
    Endless,
}

/// <summary>A passage that the model generates token by token.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="prompt">The text before the passage.</param>
/// <param name="start">The session after that text. It is not changed.</param>
/// <param name="options">The sampling options.</param>
/// <param name="extent">How much to generate.</param>
internal sealed class GenerationRun(
    Tokenizer tokenizer, PartialWord prompt, GenerationSession start, GenerationOptions options, GenerationExtent extent)
{
    private const int MaximumAttempts = 32;

    // Consecutive passages have consecutive seeds, so the seeds of attempts are far apart from each other.
    private const ulong AttemptStride = 1UL << 32;

    private const int MaximumWordTokens = 64;
    private const int MaximumLineTokens = 1000;

    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly List<int> ids = [.. prompt.Ids];
    private bool hasWord;
    private int count;

    /// <summary>The session after the last generated token.</summary>
    public GenerationSession Session { get; private set; } = start.Fork(options);

    /// <summary>All tokens from the beginning of the text to the last generated one.</summary>
    public int[] Ids => [.. ids];

    /// <summary>Whether the passage is complete.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Changes the options for the tokens to come.</summary>
    public void ChangeOptions(GenerationOptions changed) => Session = Session.Fork(changed with { Seed = null });

    /// <summary>Generates one more token and returns the text that it completes.</summary>
    public string Next()
    {
        string prefix = count++ == 0 ? prompt.Prefix : "";
        int id = prefix.Length > 0 ? CompleteWord() : Session.Sample();
        ids.Add(id);
        string piece = decoder.Append(id)[prefix.Length..];
        IsDone = extent switch
        {
            GenerationExtent.Token => piece.Length > 0,
            GenerationExtent.Word => EndsWord(piece) || count >= MaximumWordTokens,
            GenerationExtent.Line => piece.Contains('\n') || count >= MaximumLineTokens,
            _ => false,
        };
        return piece;
    }

    /// <summary>Samples a token that completes the word, or takes the most likely one if no attempt succeeds.</summary>
    private int CompleteWord()
    {
        for (ulong attempt = 0; attempt < MaximumAttempts; attempt++)
        {
            Session = start.Fork(options with { Seed = options.Seed + attempt * AttemptStride });
            if (Session.Sample() is var sampled && prompt.CanBecome(tokenizer.Decode([sampled]))) return sampled;
        }

        int mostLikely = start.Predict().GetMostLikely(tokenizer.VocabularySize)
            .First(id => id != tokenizer.UnknownTokenId && prompt.CanBecome(tokenizer.Decode([id])));
        Session = start.Fork(options);
        Session.Append(mostLikely);
        return mostLikely;
    }

    private bool EndsWord(string piece)
    {
        if (tokenizer.Kind == TokenizerKind.Words) return piece.Length > 0 && WordSplitter.IsWord(piece);
        if (piece.Length == 0) return false;
        if (WordEnds.EndsWithSingleLetterWord(piece)) return true;
        bool isWithin = WordEnds.EndsWithinWord(piece), isEnd = hasWord && !isWithin;
        hasWord |= isWithin;
        return isEnd;
    }
}
