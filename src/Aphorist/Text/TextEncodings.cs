using System.Text;

namespace Aphorist.Text;

/// <summary>The encodings by name. All are strict: they refuse bytes that they cannot decode.</summary>
internal static class TextEncodings
{
    // The provider's own list lacks a few that it can read, gb18030 among them.
    private static readonly string[] Common =
        ["utf-8", "utf-16", "utf-16BE", "shift_jis", "gb18030", "big5", "euc-kr", "euc-jp", "windows-1252"];

    public static Encoding Utf8 { get; } = Get("utf-8");

    /// <exception cref="InvalidOptionsException">There is no encoding of this name.</exception>
    public static Encoding Get(string name)
    {
        string spelled = name is ['u' or 'U', 't' or 'T', 'f' or 'F', >= '0' and <= '9', ..] ? $"utf-{name[3..]}" : name;
        try
        {
            // Asking the provider directly leaves the encodings registered in the process as they are.
            (EncoderFallback encoder, DecoderFallback decoder) = (EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
            return CodePagesEncodingProvider.Instance.GetEncoding(spelled, encoder, decoder)
                ?? Encoding.GetEncoding(spelled, encoder, decoder);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            string nearest = NearestName.To(name, Names()) is { } found
                ? $"the nearest is '{found}'"
                : "common ones are utf-8, windows-1252 and gb18030";
            throw new InvalidOptionsException($"'{name}' is not an encoding that .NET reads: {nearest}.", nameof(CorpusOptions.Encoding));
        }
    }

    /// <summary>The encoding that a byte order mark at the start of a text names, or null if there is no mark.</summary>
    public static Encoding? FromByteOrderMark(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => Utf8,
        [0xFF, 0xFE, 0, 0, ..] => Get("utf-32"), // Before UTF-16, whose mark is its beginning.
        [0, 0, 0xFE, 0xFF, ..] => Get("utf-32BE"),
        [0xFF, 0xFE, ..] => Get("utf-16"),
        [0xFE, 0xFF, ..] => Get("utf-16BE"),
        _ => null,
    };

    /// <summary>Whether zero bytes are part of ordinary text in this encoding.</summary>
    public static bool HasZeroBytes(Encoding encoding) => encoding.CodePage is 1200 or 1201 or 12000 or 12001;

    /// <summary>All names, the common ones first.</summary>
    private static IEnumerable<string> Names() => Common.Concat(
        Encoding.GetEncodings().Concat(CodePagesEncodingProvider.Instance.GetEncodings()).Select(encoding => encoding.Name));
}
