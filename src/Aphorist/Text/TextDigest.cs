using System.Security.Cryptography;
using System.Text;

namespace Aphorist.Text;

/// <summary>The SHA-256 of a text as UTF-8, computed block by block, so that a long text is not held a second time as bytes.</summary>
internal sealed class TextDigest
{
    private const int BlockLength = 16384;

    // Unlike an encoding, an encoder carries a surrogate pair over the end of a block.
    private readonly Encoder encoder = Encoding.UTF8.GetEncoder();
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] block = new byte[BlockLength];

    public static string Sha256(ReadOnlySpan<char> text)
    {
        TextDigest digest = new();
        digest.Append(text);
        return digest.Finish();
    }

    /// <summary>Appends a part of the text.</summary>
    public void Append(ReadOnlySpan<char> text) => Convert(text, flush: false);

    /// <summary>The digest, in lower-case hexadecimal.</summary>
    public string Finish()
    {
        Convert([], flush: true);
        string digest = System.Convert.ToHexStringLower(hash.GetHashAndReset());
        hash.Dispose();
        return digest;
    }

    private void Convert(ReadOnlySpan<char> text, bool flush)
    {
        bool completed;
        do
        {
            encoder.Convert(text, block, flush, out int read, out int written, out completed);
            hash.AppendData(block, 0, written);
            text = text[read..];
        }
        while (!completed);
    }
}
