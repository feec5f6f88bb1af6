using System.Text;

namespace Aphorist.Text.Tokenizers;

/// <summary>Decodes UTF-8 byte by byte; what is no UTF-8 becomes U+FFFD.</summary>
internal sealed class ByteDecoder : TokenDecoder
{
    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(code => ((char)code).ToString())];

    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();

    public override string Append(int id) => Read([ByteTokenizer.ByteOf(id)], flush: false);

    public override string Flush() => Read([], flush: true);

    private string Read(ReadOnlySpan<byte> bytes, bool flush)
    {
        // A byte ends at most one broken sequence and one character.
        Span<char> units = stackalloc char[4];
        int count = decoder.GetChars(bytes, units, flush);
        return count == 1 && units[0] < Ascii.Length ? Ascii[units[0]] : new(units[..count]);
    }
}
