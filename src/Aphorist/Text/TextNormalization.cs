using System.Text;
using Aphorist.Text;

namespace Aphorist;

/// <summary>
/// How a text is normalized before it is tokenized. A model stores it, so that prompts are treated like the training text.
/// </summary>
/// <param name="Lowercase">
/// Whether the text becomes lower case, by the full rules of Unicode and of no language, as Python's <c>str.lower</c> does. False by
/// default.
/// </param>
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
        return Lowercase ? LowerCase.Of(normalized) : normalized;
    }

    /// <summary>
    /// Normalizes a text that arrives in blocks. The result is that of <see cref="Apply"/>. No block may end within a surrogate pair.
    /// </summary>
    internal sealed class Blocks(TextNormalization normalization)
    {
        private readonly StringBuilder special = new();
        private char[] lowered = [], held = [];
        private bool endedWithReturn, endedCased;

        /// <summary>Normalizes the next block. The result is valid until the next call.</summary>
        /// <param name="text">The block, which is changed.</param>
        public ReadOnlySpan<char> Apply(Span<char> text)
        {
            Span<char> lines = ReplaceReturns(text);
            return normalization.Lowercase ? Lower(lines, isLast: false) : lines;
        }

        /// <summary>Returns the end of the text, which waited for a next block. Usually empty.</summary>
        public ReadOnlySpan<char> Finish() => held.Length > 0 ? Lower([], isLast: true) : [];

        private ReadOnlySpan<char> Lower(ReadOnlySpan<char> block, bool isLast)
        {
            // A capital sigma near the end of the previous block, which this block decides about.
            ReadOnlySpan<char> text = held.Length > 0 ? [.. held, .. block] : block;
            if (lowered.Length < text.Length) lowered = new char[text.Length];
            Span<char> lower = lowered.AsSpan(0, text.ToLowerInvariant(lowered));
            int length = text.Length;
            bool hasSpecial = LowerCase.HasSpecial(text);
            if (hasSpecial) length = LowerCase.Append(text, lower, special.Clear(), endedCased, isLast);
            held = length < text.Length ? text[length..].ToArray() : [];
            endedCased = LowerCase.EndsCased(text[..length], endedCased);
            return hasSpecial ? special.ToString() : lower;
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
