using System.Text;

namespace Aphorist.Text.Tokenizers;

/// <summary>What the unknown tokens among the predicted tokens of a text stand for.</summary>
/// <param name="Tokens">The number of unknown tokens.</param>
/// <param name="Characters">
/// Their characters beyond one for each, which <see cref="Tokenizer.CountCharacters"/> counts already.
/// </param>
/// <param name="SpellingLoss">What it costs to write them, in nats.</param>
internal readonly record struct UnknownText(long Tokens, long Characters, double SpellingLoss)
{
    /// <summary>Reads a text once more: token ids do not have the spelling of unknown words.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="predicted">The tokens that are predicted.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static UnknownText Of(
        Corpus corpus, Tokenizer tokenizer, PredictedTokens predicted, CancellationToken cancellationToken = default)
    {
        if (tokenizer is not { UnknownTokenId: int unknownId, Spelling: { } spelling }) return default;
        if (corpus.TokensOf(tokenizer, cancellationToken).CountOf(unknownId) == 0) return default;
        (long tokens, long characters, double loss) = (0, 0, 0);
        long place = 0;
        List<string> words = [];
        foreach (string block in corpus.EnumerateWholeTokens())
        {
            cancellationToken.ThrowIfCancellationRequested();
            words.Clear();
            int word = 0;
            foreach (int id in tokenizer.Encode(block, words))
            {
                if (id == unknownId && words[word++] is var text && predicted.Contain(place))
                {
                    tokens++;
                    characters += text.EnumerateRunes().Count() - 1;
                    loss += spelling.GetLoss(text);
                }

                place++;
            }
        }

        return new(tokens, characters, loss);
    }
}

/// <summary>The characters of a text that were left out, because a character tokenizer does not know them.</summary>
/// <param name="Frequencies">Those of the part with the predicted tokens, the most frequent ones first.</param>
/// <param name="Charged">The number of those before a predicted token: a character belongs to the token after it.</param>
internal readonly record struct SkippedText(IReadOnlyList<CharacterFrequency> Frequencies, long Charged)
{
    /// <summary>Their number.</summary>
    public long Characters => Frequencies.Sum(one => one.Count);

    /// <summary>What it costs to write those that are charged, in nats.</summary>
    public double SpellingLoss => Charged == 0 ? 0 : Charged * SpellingModel.Uniform.GetLoss("\uFFFD");

    /// <summary>Reads a text once more, if characters of it were left out.</summary>
    /// <param name="corpus">The text.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="known">The number of tokens, without those characters.</param>
    /// <param name="predicted">The tokens that are predicted.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static SkippedText Of(
        Corpus corpus, Tokenizer tokenizer, long known, PredictedTokens predicted, CancellationToken cancellationToken = default)
    {
        if (tokenizer is not CharacterTokenizer characters || known == corpus.CharacterCount) return new([], 0);
        Dictionary<Rune, long> counts = [];
        long place = 0, charged = 0;
        foreach (string block in corpus.EnumerateBlocks())
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (Rune character in block.EnumerateRunes())
            {
                if (characters.GetId(character) >= 0)
                {
                    place++;
                    continue;
                }

                if (place >= predicted.Begin) counts[character] = counts.GetValueOrDefault(character) + 1;
                if (predicted.Contain(place)) charged++;
            }
        }

        return new(CharacterFrequency.Sort(counts), charged);
    }
}

/// <summary>Which tokens of a text are predicted.</summary>
/// <param name="Begin">The first token of their context, from 0.</param>
/// <param name="First">The first of them.</param>
/// <param name="Step">The distance from one to the next: 1 for all to the end of the text.</param>
internal readonly record struct PredictedTokens(long Begin, long First, int Step = 1)
{
    public bool Contain(long place) => place >= First && (place - First) % Step == 0;

    /// <summary>The number of characters of the predicted tokens, see <see cref="Tokenizer.CountCharacters"/>.</summary>
    public long CountCharacters(TokenSequence tokens, Tokenizer tokenizer)
    {
        int[] block = new int[4096];
        long characters = 0;
        for (long start = First; start < tokens.Count; start += block.Length)
        {
            Span<int> ids = block.AsSpan(0, (int)Math.Min(block.Length, tokens.Count - start));
            tokens.Read(start, ids);
            int count = 0;
            for (int index = 0; index < ids.Length; index++)
                if (Contain(start + index)) ids[count++] = ids[index];
            characters += tokenizer.CountCharacters(ids[..count]);
        }

        return characters;
    }
}
