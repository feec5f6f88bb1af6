using System.Buffers;

namespace Aphorist.Text.Tokenizers;

/// <summary>Cuts blocks of text anew, so that no word goes on in the next block.</summary>
internal static class TokenBoundaryChunker
{
    // Each of them begins a token, whatever comes before it, and none goes on with a token.
    private static readonly SearchValues<char> Beginnings = SearchValues.Create(
        [.. Enumerable.Range(0, 0x80).Select(unit => (char)unit).Where(unit => !char.IsAsciiLetterOrDigit(unit) && unit != '\'')]);

    // A joiner and a surrogate pair after a token's end may decide whether it ends there.
    private const int LookAhead = 3;

    /// <summary>The same text in blocks that end where a token ends.</summary>
    public static IEnumerable<string> Of(IEnumerable<string> blocks)
    {
        string left = "";
        foreach (string block in blocks)
        {
            string text = left + block;
            int length = LengthOf(text);
            if (length > 0) yield return text[..length];
            left = text[length..];
        }

        if (left.Length > 0) yield return left;
    }

    /// <summary>How much of a text is whole tokens, whatever comes after it.</summary>
    private static int LengthOf(string text)
    {
        int last = text.AsSpan().LastIndexOfAny(Beginnings);
        if (last > 0) return last;
        int length = 0;
        while (length < text.Length)
        {
            int end = length + WordSplitter.FirstLength(text.AsSpan(length));
            if (end + LookAhead > text.Length) break;
            length = end;
        }

        return length;
    }
}
