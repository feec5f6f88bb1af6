using Aphorist.Text.Tokenizers;

namespace Aphorist.Cli.Commands.Play;

/// <summary>The model writing for a stretch.</summary>
/// <param name="tokenizer">The model's tokenizer.</param>
/// <param name="before">What the session has read, and the word that is begun.</param>
/// <param name="start">The session; it is left as it is.</param>
/// <param name="sampling">How to choose the tokens.</param>
/// <param name="stretch">How far to write.</param>
internal sealed class WritingRun(Tokenizer tokenizer, PartialWord before, GenerationSession start, SamplingOptions sampling, WriteExtent stretch)
{
    private const int Attempts = 32;

    // Seeds of attempts lie far apart from those of the next stretches, which follow one another.
    private const ulong AttemptStride = 1UL << 32;

    private const int LongestWord = 64;
    private const int LongestLine = 1000;

    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly List<int> ids = [.. before.Read];
    private bool hasWord;
    private int count;

    /// <summary>Where it has come to.</summary>
    public GenerationSession Session { get; private set; } = start.Fork(sampling.Seed, sampling);

    /// <summary>All tokens up to there.</summary>
    public int[] Ids => [.. ids];

    /// <summary>Whether the stretch is done.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Goes on with other options.</summary>
    public void Change(SamplingOptions options) => Session = Session.Fork(options);

    /// <summary>Writes one more token and returns the text that it completes.</summary>
    public string Write()
    {
        string rest = count++ == 0 ? before.Rest : "";
        int id = rest.Length > 0 ? WriteOn() : Session.Sample();
        ids.Add(id);
        string piece = decoder.Append(id)[rest.Length..];
        IsOver = stretch switch
        {
            WriteExtent.Token => piece.Length > 0,
            WriteExtent.Word => EndsWord(piece) || count >= LongestWord,
            WriteExtent.Line => piece.Contains('\n') || count >= LongestLine,
            _ => false,
        };
        return piece;
    }

    /// <summary>Writes a token that goes on with the word that is begun: what the model chooses, if that fits in one of some attempts, or else the likeliest that does.</summary>
    private int WriteOn()
    {
        for (ulong attempt = 0; attempt < Attempts; attempt++)
        {
            Session = start.Fork(sampling.Seed + attempt * AttemptStride, sampling);
            if (Session.Sample() is var chosen && before.GoesOnAs(tokenizer.GetText(chosen))) return chosen;
        }

        int likeliest = start.Predict().GetMostLikely(tokenizer.VocabularySize).First(id => id != tokenizer.UnknownTokenId && before.GoesOnAs(tokenizer.GetText(id)));
        Session = start.Fork(sampling.Seed, sampling);
        Session.Append(likeliest);
        return likeliest;
    }

    private bool EndsWord(string piece)
    {
        if (tokenizer.Kind == TokenizerKind.Words) return piece.Length > 0 && WordSplitter.IsWord(piece);
        if (piece.Length == 0) return false;
        if (WordEnds.EndsWithWholeLetter(piece)) return true;
        bool isWithin = WordEnds.EndsWithinWord(piece), isEnd = hasWord && !isWithin;
        hasWord |= isWithin;
        return isEnd;
    }
}
