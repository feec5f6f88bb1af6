namespace Aphorist.Interop;

/// <summary>The passages of a text on which a vocabulary is tried.</summary>
/// <remarks>
/// A passage is as long as the model's window, so that models of windows and of streams are read as they were trained, and its second half
/// is predicted. Passages are spread over the text. More are added for characters that are rare in these.
/// </remarks>
internal sealed class VocabularySample
{
    private const int MinLength = 8, MaxLength = 256, MaxTokens = 1 << 22, MinPredictions = 200;
    private const int MostPredictions = 10_000, FewestPredictions = 1000;

    // The predictions of a character that are enough to compare it with others.
    private const int EnoughOfEach = 20;

    // The predictions after a rare character: it is read there.
    private const int After = 4;

    /// <param name="tokens">The text.</param>
    /// <param name="model">The model.</param>
    public VocabularySample(int[] tokens, LanguageModel model)
    {
        Tokens = tokens;
        Length = Math.Clamp(model.Spec.Window, MinLength, MaxLength);
        Warmup = Length / 2;
        int predictions = (int)Math.Clamp(10_000_000_000 / model.Parameters.Count, FewestPredictions, MostPredictions);
        int step = Length - Warmup, all = (tokens.Length - Warmup - 1) / step, count = Math.Min(all, predictions / step);
        if (count * step < MinPredictions) return;
        Spread = [.. Enumerable.Range(0, count).Select(index => (int)((long)index * all / count) * step)];
        Rare = [.. PassagesOfRare(model.Tokenizer.VocabularySize, count)];
    }

    /// <summary>The whole text, or its beginning.</summary>
    public int[] Tokens { get; }

    /// <summary>The tokens of a passage that are read.</summary>
    public int Length { get; }

    /// <summary>The tokens at the beginning of a passage that are read without a prediction.</summary>
    public int Warmup { get; }

    /// <summary>The starts of the passages that are spread over the text; none if it is too short.</summary>
    public IReadOnlyList<int> Spread { get; } = [];

    /// <summary>The starts of further passages, with characters that are rare in those.</summary>
    public IReadOnlyList<int> Rare { get; } = [];

    /// <summary>Reads the tokens of a text, up to a limit, without characters that the tokenizer lacks.</summary>
    public static int[] Read(Corpus corpus, Tokenizer tokenizer, out long unknown)
    {
        List<int> tokens = [];
        unknown = 0;
        foreach (string block in corpus.EnumerateBlocks())
        {
            string part = block.Length <= MaxTokens ? block : block[..MaxTokens];
            int[] known = tokenizer.EncodeSkippingUnknown(part, out IReadOnlyList<string> missing);
            if (missing.Count > 0) unknown += part.EnumerateRunes().Count() - known.Length;
            tokens.AddRange(known);
            if (tokens.Count >= MaxTokens) break;
        }

        return [.. tokens];
    }

    private IEnumerable<int> PassagesOfRare(int vocabulary, int most)
    {
        int[] counts = new int[vocabulary];
        foreach (int start in Spread)
            foreach (int token in Tokens.AsSpan(start + Warmup + 1, Length - Warmup)) counts[token]++;
        int end = -1;
        for (int place = Length - After; place < Tokens.Length - After && most > 0; place++)
        {
            if (counts[Tokens[place]] >= EnoughOfEach || place <= end) continue;
            int start = place - Length + After;
            end = start + Length;
            foreach (int token in Tokens.AsSpan(start + Warmup + 1, Math.Min(Length - Warmup, Tokens.Length - start - Warmup - 1)))
                counts[token]++;
            most--;
            yield return start;
        }
    }
}
