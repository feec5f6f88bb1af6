using System.Text;

namespace Aphorist.Text;

/// <summary>The bytes at the start of a text that tell its encoding.</summary>
internal static class ByteOrderMark
{
    /// <summary>The encoding that the mark names, or null without a mark.</summary>
    public static Encoding? Detect(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [0xEF, 0xBB, 0xBF, ..] => TextEncodings.Utf8,
        [0xFF, 0xFE, 0, 0, ..] => TextEncodings.Get("utf-32"), // Before UTF-16, whose mark is its beginning.
        [0, 0, 0xFE, 0xFF, ..] => TextEncodings.Get("utf-32BE"),
        [0xFF, 0xFE, ..] => TextEncodings.Get("utf-16"),
        [0xFE, 0xFF, ..] => TextEncodings.Get("utf-16BE"),
        _ => null,
    };
}
