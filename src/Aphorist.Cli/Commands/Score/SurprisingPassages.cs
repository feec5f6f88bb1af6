namespace Aphorist.Cli.Commands.Score;

/// <summary>A passage of a text.</summary>
/// <param name="Start">The position of the first token, from 0.</param>
/// <param name="Length">The number of tokens.</param>
/// <param name="Characters">The number of characters.</param>
/// <param name="Line">The line of the first token, from 1.</param>
/// <param name="Bits">The surprisal.</param>
/// <param name="Text">The text.</param>
internal sealed record Passage(long Start, int Length, int Characters, long Line, double Bits, string Text)
{
    /// <summary>The surprisal per character, by which passages are ranked.</summary>
    public double BitsPerCharacter => Bits / Characters;

    public bool Overlaps(Passage other) => Start < other.Start + other.Length && other.Start < Start + Length;
}

/// <summary>
/// Finds the most surprising passages of a text, by surprisal per character. Passages are about a line long and begin at the start of a
/// word. The most surprising one is chosen first, then the most surprising one that does not overlap it, and so on.
/// </summary>
/// <remarks>
/// A text of any length is processed in blocks. A passage of an earlier block is replaced by a more surprising one that overlaps it.
/// </remarks>
/// <param name="count">The maximum number of passages.</param>
internal sealed class SurprisingPassages(int count)
{
    private const int BlockLength = 1 << 16;

    // A passage has 80 characters and ends with the next word, but has at most twice as many.
    private const int MinimumCharacters = 80;
    private const int MaximumCharacters = 2 * MinimumCharacters;

    // A character has at most four tokens.
    private const int LookAhead = 4 * MaximumCharacters + 4;

    private readonly List<PassageToken> tokens = [];
    private IReadOnlyList<Passage> best = [];
    private long start, line = 1;
    private char before = '\n';

    /// <summary>Adds the next token.</summary>
    public void Add(ScoredToken token)
    {
        tokens.Add(PassageToken.Create(token, before));
        if (token.Text.Length > 0) before = token.Text[^1];
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
            if ((tokens[first].CanBegin || start + first == 0) && PassageFrom(first, current) is Passage passage) yield return passage;
            if (IsLineEnd(tokens[first])) current++;
        }
    }

    private Passage? PassageFrom(int first, long atLine)
    {
        double bits = 0;
        int characters = 0, end = first;
        while (end < tokens.Count)
        {
            bool isWithinWord = tokens[end].Characters == 0 || (!tokens[end].CanEnd && characters < MaximumCharacters);
            if (characters >= MinimumCharacters && !isWithinWord) break;
            bits += tokens[end].Bits;
            characters += tokens[end].Characters;
            end++;
        }

        // The rest of a text is too short for a passage, but a short text is one.
        bool isPassage = characters >= MinimumCharacters || (start + first == 0 && characters > 0);
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
/// <param name="CanBegin">Whether a passage can begin with it.</param>
/// <param name="CanEnd">Whether a passage can end before it.</param>
internal readonly record struct PassageToken(string Text, double Bits, int Characters, bool CanBegin, bool CanEnd)
{
    // The first character of the scripts without spaces between words.
    private const char FirstIdeographic = '\u2E80';

    /// <summary>Looks at a token in its place.</summary>
    /// <param name="token">The token.</param>
    /// <param name="before">The last UTF-16 unit before the token.</param>
    public static PassageToken Create(ScoredToken token, char before)
    {
        int characters = token.CharacterCount;
        char first = token.Text.Length > 0 ? token.Text[0] : '\uFFFD';
        bool isWhite = char.IsWhiteSpace(first), hasOwnSpace = isWhite && token.Text.Length > 1;
        bool followsWord = char.IsWhiteSpace(before) || (before >= FirstIdeographic && !char.IsPunctuation(first));
        bool begins = hasOwnSpace || (!isWhite && followsWord);
        return new(token.Text, token.Bits, characters, begins && characters > 0, (begins || isWhite) && characters > 0);
    }
}
