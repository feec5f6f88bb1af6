namespace Aphorist.Text;

/// <summary>Normalises a text that comes in blocks, as <see cref="TextNormalization.Apply"/> does a whole one. No block may end within a surrogate pair.</summary>
internal sealed class BlockNormalization(TextNormalization normalization)
{
    private char[] lowered = [];
    private bool endedWithReturn;

    /// <summary>The next block, normalised: until the next call.</summary>
    /// <param name="text">The block, which is changed.</param>
    public ReadOnlySpan<char> Apply(Span<char> text)
    {
        Span<char> lines = WithLineFeeds(text);
        if (!normalization.Lowercase) return lines;
        if (lowered.Length < lines.Length) lowered = new char[lines.Length];
        return lowered.AsSpan(0, lines.ToLowerInvariant(lowered));
    }

    /// <summary>Replaces CRLF and lone CR by LF, in place.</summary>
    private Span<char> WithLineFeeds(Span<char> text)
    {
        int length = 0;
        Span<char> left = text;
        while (!left.IsEmpty)
        {
            if (endedWithReturn && left[0] == '\n') left = left[1..];
            int next = left.IndexOf('\r');
            endedWithReturn = next >= 0;
            Span<char> line = endedWithReturn ? left[..(next + 1)] : left;
            line.CopyTo(text[length..]);
            length += line.Length;
            if (endedWithReturn) text[length - 1] = '\n';
            left = left[line.Length..];
        }

        return text[..length];
    }
}
