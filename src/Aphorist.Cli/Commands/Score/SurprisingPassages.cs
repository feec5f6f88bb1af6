namespace Aphorist.Cli.Commands.Score;

/// <summary>
/// Finds the passages of a text with the most surprise per character: of all that are about a line long and begin where a word does, the oddest, then the oddest of
/// those that do not overlap it, and so on.
/// </summary>
/// <remarks>The text may be of any length, so it is taken block by block. A passage of the block before gives way to an odder one that overlaps it.</remarks>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="count">How many passages to find at most.</param>
internal sealed class SurprisingPassages(Tokenizer tokenizer, int count)
{
    private const int BlockLength = 1 << 16;

    // Characters of a passage; it goes on to the end of the word, but no further than twice that.
    private const int Least = 80;
    private const int Most = 2 * Least;

    // A character has at most four tokens.
    private const int LookAhead = 4 * Most + 4;

    private readonly List<PassageToken> tokens = [];
    private IReadOnlyList<Passage> best = [];
    private long start, line = 1;
    private char before = '\n';

    /// <summary>Takes the next token.</summary>
    public void Add(ScoredToken token)
    {
        tokens.Add(PassageToken.Of(token, tokenizer.CountCharacters([token.Id]), before));
        if (token.Text.Length > 0) before = token.Text[^1];
        if (tokens.Count == BlockLength + LookAhead) TakeBlock(BlockLength);
    }

    /// <summary>Ends the text and returns its oddest passages, the oddest first.</summary>
    public IReadOnlyList<Passage> Finish()
    {
        TakeBlock(tokens.Count);
        return best;
    }

    private void TakeBlock(int length)
    {
        List<Passage> chosen = [];
        foreach (Passage passage in best.Concat(PassagesFrom(length)).OrderByDescending(passage => passage.BitsPerCharacter))
        {
            if (chosen.Count == count) break;
            if (!chosen.Any(passage.Overlaps)) chosen.Add(WithText(passage));
        }

        best = chosen;
        line += tokens.Take(length).Count(IsLineEnd);
        start += length;
        tokens.RemoveRange(0, length);
    }

    /// <summary>All passages that begin with one of the first tokens, without their texts.</summary>
    private IEnumerable<Passage> PassagesFrom(int length)
    {
        long current = line;
        for (int first = 0; first < length; first++)
        {
            if ((tokens[first].MayBegin || start + first == 0) && PassageFrom(first, current) is Passage passage) yield return passage;
            if (IsLineEnd(tokens[first])) current++;
        }
    }

    private Passage? PassageFrom(int first, long atLine)
    {
        double bits = 0;
        int characters = 0, end = first;
        while (end < tokens.Count && (characters < Least || tokens[end].Characters == 0 || (!tokens[end].MayEnd && characters < Most)))
        {
            bits += tokens[end].Bits;
            characters += tokens[end].Characters;
            end++;
        }

        // What is left of a text is no passage, but a short text is.
        return characters >= Least || (start + first == 0 && characters > 0) ? new(start + first, end - first, characters, atLine, bits, "") : null;
    }

    private Passage WithText(Passage passage) => passage.Text.Length > 0
        ? passage
        : passage with { Text = string.Concat(tokens.GetRange((int)(passage.Start - start), passage.Length).Select(token => token.Text)) };

    private static bool IsLineEnd(PassageToken token) => token.Text.EndsWith('\n');
}
