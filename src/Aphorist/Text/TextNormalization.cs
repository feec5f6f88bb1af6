namespace Aphorist;

/// <summary>
/// How a text is normalized before it is tokenized. A model stores it, so that prompts are treated like the training text.
/// </summary>
/// <param name="Lowercase">Whether every character is replaced by its invariant lower-case form. False by default.</param>
public readonly record struct TextNormalization(bool Lowercase = false)
{
    /// <summary>
    /// Normalizes a text: CRLF and lone CR become LF, and the text becomes lower case if <see cref="Lowercase"/> is set. Other line and
    /// page separators stay, because they are characters that a model can learn. Normalizing twice gives the same text as normalizing once.
    /// </summary>
    /// <param name="text">The text.</param>
    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // ReplaceLineEndings would also turn form feeds, U+0085, U+2028 and U+2029 into line feeds.
        string normalized = text.Contains('\r') ? text.Replace("\r\n", "\n").Replace('\r', '\n') : text;
        return Lowercase ? normalized.ToLowerInvariant() : normalized;
    }

    /// <summary>
    /// Normalizes a text that arrives in blocks. The result is that of <see cref="Apply"/>. No block may end within a surrogate pair.
    /// </summary>
    internal sealed class Blocks(TextNormalization normalization)
    {
        private char[] lowered = [];
        private bool endedWithReturn;

        /// <summary>Normalizes the next block. The result is valid until the next call.</summary>
        /// <param name="text">The block, which is changed.</param>
        public ReadOnlySpan<char> Apply(Span<char> text)
        {
            Span<char> lines = ReplaceReturns(text);
            if (!normalization.Lowercase) return lines;
            if (lowered.Length < lines.Length) lowered = new char[lines.Length];
            return lowered.AsSpan(0, lines.ToLowerInvariant(lowered));
        }

        /// <summary>Replaces CRLF and lone CR by LF, in place.</summary>
        private Span<char> ReplaceReturns(Span<char> text)
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
}
