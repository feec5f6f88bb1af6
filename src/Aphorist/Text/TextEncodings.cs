using System.Globalization;
using System.Text;

namespace Aphorist.Text;

/// <summary>The encodings by name, all strict, and which of the common ones would decode given bytes.</summary>
internal static class TextEncodings
{
    /// <summary>What texts are most often in, the stricter before the more lenient: the first that fits is the likeliest.</summary>
    public static IReadOnlyList<string> Candidates { get; } =
        ["utf-8", "utf-16", "utf-16BE", "shift_jis", "gb18030", "big5", "euc-kr", "windows-1252"];

    public static Encoding Utf8 { get; } = Get("utf-8");

    /// <exception cref="CorpusException">There is no encoding of this name.</exception>
    public static Encoding Get(string name)
    {
        string spelled = name is ['u' or 'U', 't' or 'T', 'f' or 'F', >= '0' and <= '9', ..] ? $"utf-{name[3..]}" : name;
        try
        {
            // Asking the provider by itself leaves the process's registered encodings as they are.
            return CodePagesEncodingProvider.Instance.GetEncoding(spelled, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
                ?? Encoding.GetEncoding(spelled, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            string nearest = NearestName.To(name, Names()) is { } found ? $"the nearest is '{found}'" : "utf-8, windows-1252 and gb18030 are common ones";
            throw new CorpusException($"'{name}' is not an encoding that .NET reads: {nearest}.", exception);
        }
    }

    /// <summary>Whether zero bytes are part of ordinary text in this encoding.</summary>
    public static bool HasZeroBytes(Encoding encoding) => encoding.CodePage is 1200 or 1201 or 12000 or 12001;

    /// <summary>The candidates that decode the bytes into what reads like text.</summary>
    /// <param name="bytes">A whole text, which is read from its beginning several times.</param>
    public static string[] Fitting(Stream bytes)
    {
        // Nearly any bytes decode as UTF-16, so it takes a zero byte to believe in it, and then in nothing else.
        bool zeros = ByteBlocks.IndexOfZero(bytes) >= 0;
        List<string> fitting = [];
        foreach (string name in Candidates)
        {
            Encoding encoding = Get(name);
            if (HasZeroBytes(encoding) == zeros && Fits(bytes, encoding)) fitting.Add(name);
        }
        return [.. fitting];
    }

    private static bool Fits(Stream bytes, Encoding encoding)
    {
        Decoder decoder = encoding.GetDecoder();
        char[] characters = [];
        try
        {
            foreach ((ReadOnlyMemory<byte> block, bool isLast) in ByteBlocks.Of(bytes))
            {
                if (characters.Length == 0) characters = new char[encoding.GetMaxCharCount(ByteBlocks.Length)];
                int count = decoder.GetChars(block.Span, characters, flush: isLast);
                foreach (char character in characters.AsSpan(0, count))
                {
                    if (!IsTextual(character)) return false;
                }
            }
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsTextual(char character) => char.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.Control => character is '\t' or '\n' or '\r' or '\f',
        UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false, // What tables give for bytes that stand for nothing.
        _ => true,
    };

    // The provider's own list leaves out a few that it does read, gb18030 among them.
    private static IEnumerable<string> Names() => Candidates.Concat(
        Encoding.GetEncodings().Concat(CodePagesEncodingProvider.Instance.GetEncodings()).Select(encoding => encoding.Name));
}
