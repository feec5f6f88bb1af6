namespace Aphorist.Studio.Inside.Reading;

/// <summary>A passage of a text.</summary>
/// <param name="Start">The position of the first token, from 0.</param>
/// <param name="Length">The number of tokens.</param>
/// <param name="Characters">The number of characters.</param>
/// <param name="Line">The line of the first token, from 1.</param>
/// <param name="Bits">The surprisal.</param>
/// <param name="Text">The text.</param>
public sealed record Passage(long Start, int Length, int Characters, long Line, double Bits, string Text)
{
    /// <summary>The surprisal per character, by which passages are ranked.</summary>
    public double BitsPerCharacter => Bits / Characters;

    internal bool Overlaps(Passage other) => Start < other.Start + other.Length && other.Start < Start + Length;
}

/// <summary>
/// Finds the most surprising passages of a text, by surprisal per character. Passages are about a line long and begin with a word, or
/// with a sentence in Chinese and Japanese. The most surprising one is chosen first, then the most surprising one that does not overlap
/// it, and so on.
/// </summary>
/// <remarks>
/// A text of any length is processed in blocks. A passage of an earlier block is replaced by a more surprising one that overlaps it.
/// </remarks>
/// <param name="count">The maximum number of passages.</param>
internal sealed class SurprisingPassages(int count)
{
    private const int BlockLength = 1 << 16;

    // A passage has at least a line of 80 letters and ends where the text can be cut; the longer it is, the less is asked for.
    private const int MinimumWidth = 80;
    private const int LongWidth = 2 * MinimumWidth;

    // A passage is at most twice as long as a long one, apart from its last marks. A character has at most four tokens.
    private const int LookAhead = 4 * 2 * LongWidth + 4;

    private readonly PassageBoundaries boundaries = new(LongWidth);
    private readonly List<PassageToken> tokens = [];
    private IReadOnlyList<Passage> best = [];
    private long start, line = 1;

    /// <summary>Adds the next token.</summary>
    public void Add(ScoredToken token)
    {
        tokens.Add(new(token.Text, token.Bits, token.CharacterCount, default));
        if (token.Text.Length > 0)
        {
            // The last byte of a character shows what the place before its first byte is like.
            int first = tokens.Count - 1;
            while (first > 0 && tokens[first].Characters == 0) first--;
            tokens[first] = tokens[first] with { Place = boundaries.Read(token.Text) };
        }

        if (tokens.Count == BlockLength + LookAhead) ProcessBlock(BlockLength);
    }

    /// <summary>Ends the text and returns its most surprising passages, most surprising first.</summary>
    public IReadOnlyList<Passage> Finish()
    {
        ProcessBlock(tokens.Count);
        return best;
    }

    private void ProcessBlock(int length)
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

    /// <summary>Enumerates the passages that begin within the block, without their texts.</summary>
    private IEnumerable<Passage> PassagesFrom(int length)
    {
        long current = line;
        for (int first = 0; first < length; first++)
        {
            bool begins = tokens[first].Place.CanBegin || start + first == 0;
            if (begins && PassageFrom(first, current) is Passage passage) yield return passage;
            if (IsLineEnd(tokens[first])) current++;
        }
    }

    private Passage? PassageFrom(int first, long atLine)
    {
        double bits = 0;
        int characters = 0, width = 0, end = first;
        while (end < tokens.Count && (width < MinimumWidth || tokens[end].Place.Boundary < PassageBoundaries.Required(width, LongWidth)))
        {
            bits += tokens[end].Bits;
            characters += tokens[end].Characters;
            width += tokens[end].Place.Width;
            end++;
        }

        // The rest of a text is too short for a passage, but a short text is one.
        bool isPassage = width >= MinimumWidth || (start + first == 0 && characters > 0);
        return isPassage ? new(start + first, end - first, characters, atLine, bits, "") : null;
    }

    private Passage WithText(Passage passage) => passage.Text.Length > 0
        ? passage
        : passage with { Text = string.Concat(tokens.GetRange((int)(passage.Start - start), passage.Length).Select(token => token.Text)) };

    private static bool IsLineEnd(PassageToken token) => token.Text.EndsWith('\n');
}

/// <summary>What the search needs to know of a token.</summary>
/// <param name="Text">The text that it adds.</param>
/// <param name="Bits">The surprisal.</param>
/// <param name="Characters">The number of characters; 0 for all but the first byte of a character.</param>
/// <param name="Place">The place before it; the default within a character.</param>
internal readonly record struct PassageToken(string Text, double Bits, int Characters, PassagePlace Place);
