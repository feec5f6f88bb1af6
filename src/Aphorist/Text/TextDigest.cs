using System.Security.Cryptography;
using System.Text;

namespace Aphorist.Text;

/// <summary>The SHA-256 of a text as UTF-8, block by block: a long text is not held a second time as bytes.</summary>
internal static class TextDigest
{
    private const int BlockLength = 16384;

    public static string Sha256(ReadOnlySpan<char> text)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        // The encoder, unlike the encoding, carries a surrogate pair over the end of a block.
        Encoder encoder = Encoding.UTF8.GetEncoder();
        byte[] block = new byte[BlockLength];
        bool completed;
        do
        {
            encoder.Convert(text, block, flush: true, out int read, out int written, out completed);
            hash.AppendData(block, 0, written);
            text = text[read..];
        }
        while (!completed);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
