using System.Buffers;
using System.Text;
using Aphorist.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class CorpusDecodingTests
{
    private static readonly string[] Unicode = ["utf-8", "utf-16", "utf-16BE", "utf-32", "utf-32BE", "gb18030"];

    private static readonly Gen<string> AnyUnicode = Gen.Int[0, Unicode.Length - 1].Select(index => Unicode[index]);

    [Fact]
    public void Read_ByteOrderMark_ChoosesTheEncodingAndIsRemoved()
    {
        foreach (string name in Unicode.Take(5))
        {
            Encoding encoding = Encoding.GetEncoding(name);
            Assert.Equal("Größe 語\U0001F600", Decode([.. encoding.GetPreamble(), .. encoding.GetBytes("Größe 語\U0001F600")]));
        }
    }

    [Fact]
    public void Read_AnyTextInAnyUnicodeEncoding_ComesBack() => Gen.Select(Texts.WellFormed, AnyUnicode).Sample((text, name) =>
    {
        // A mark first, so that a text that happens to start with one keeps it.
        byte[] bytes = Strict(name).GetBytes("\uFEFF" + text);
        if (Strict(name).GetString(bytes) != "\uFEFF" + text) return; // gb18030 lacks a few characters of the private use area.
        Assert.Equal(text, Decode(bytes, name));
    });

    [Fact]
    public void Read_AnyBytes_AreUtf8OrRefusedAtTheRightOffset() => Gen.Byte.Array[1, 40].Sample(bytes =>
    {
        bytes = [(byte)'a', .. bytes.Select(value => value == 0 ? (byte)1 : value)];
        string? message = Record(() => Decode(bytes, "utf-8"));
        int valid = ValidUtf8Prefix(bytes);
        if (valid == bytes.Length) Assert.Null(message);
        else Assert.Contains($"is not utf-8 text (byte 0x{bytes[valid]:X2} at offset {valid})", message);
    });

    [Fact]
    public void Read_Windows1252AsUtf8_NamesFileOffsetAndEncoding()
    {
        string? message = Record(() => Decode(Strict("windows-1252").GetBytes("un été, très chaud")));
        Assert.Equal("'standard input' is not utf-8 text (byte 0xE9 at offset 3): it decodes as windows-1252, " +
            "so read it with the encoding windows-1252.", message);
    }

    [Fact]
    public void Read_Gb18030AsUtf8_NamesIt()
    {
        string text = "真正的河从不等人。一九七八年秋汛，我把浮标投下去，转身记一个数字。";
        string? message = Record(() => Decode(Strict("gb18030").GetBytes(text)));
        Assert.Contains("at offset 0)", message);
        Assert.Contains("gb18030", message);
        Assert.Equal(text, Decode(Strict("gb18030").GetBytes(text), "gb18030"));
    }

    [Fact]
    public void Read_BytesOfNoEncoding_SaysSo() =>
        Assert.Contains("it decodes as none of utf-8, utf-16, utf-16BE, shift_jis, gb18030, big5, euc-kr or windows-1252 either",
            Record(() => Decode([(byte)'a', 0xFF, 0x81, 0x1F, 0x07])));

    [Fact]
    public void Read_TruncatedCharacter_IsFoundAtItsStart() =>
        Assert.Contains("(byte 0xE8 at offset 2)", Record(() => Decode([(byte)'o', (byte)'k', 0xE8, 0xAA])));

    [Fact]
    public void Read_Utf16WithHalfAPair_IsRefused() =>
        Assert.Contains(
            "is not utf-16 text (byte 0x3D at offset 4)", Record(() => Decode([0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0x62, 0], "utf-16")));

    [Fact]
    public void Read_BinaryFile_IsCalledOne() =>
        Assert.Equal("'standard input' looks like a binary file (a zero byte at offset 4): give a plain text file.",
            Record(() => Decode([0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0, 0, 1, 2])));

    [Fact]
    public void Read_Utf16WithoutMark_IsRecognised() =>
        Assert.Equal(
            "'standard input' looks like a binary file (a zero byte at offset 1): " +
            "it decodes as utf-16, so read it with the encoding utf-16.",
            Record(() => Decode(Encoding.Unicode.GetBytes("plain text\n"))));

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf16")]
    [InlineData("unicode")]
    public void Read_NamedUtf16WithBigEndianMark_FollowsTheMark(string name) =>
        Assert.Equal("ab", Decode([0xFE, 0xFF, 0, 0x61, 0, 0x62], name));

    [Fact]
    public void Read_ByteOrderNamed_OverridesTheMark() =>
        Assert.Equal("\uFFFE\u6100", Decode([0xFE, 0xFF, 0, 0x61], "utf-16LE"));

    [Fact]
    public void Read_EncodingNamed_OverridesTheMark() =>
        Assert.Equal("ï»¿é", Decode([0xEF, 0xBB, 0xBF, 0xE9], "windows-1252"));

    [Theory]
    [InlineData("cp1252")]
    [InlineData("WINDOWS-1252")]
    [InlineData("latin1")]
    public void Read_EncodingByAnotherName_IsKnown(string name) => Assert.Equal("é", Decode([0xE9], name));

    [Fact]
    public void Read_Utf8WithoutItsHyphen_IsKnown() => Assert.Equal("é", Decode([0xC3, 0xA9], "UTF8"));

    [Fact]
    public void Read_UnknownEncoding_NamesTheNearest() =>
        Assert.Equal("'gb18003' is not an encoding that .NET reads: the nearest is 'gb18030'.", Record(() => Decode([65], "gb18003")));

    private static string Decode(byte[] bytes, string? encoding = null) =>
        new TextDecoder(encoding).Decode(bytes, "standard input");

    private static string? Record(Action action) => (Xunit.Record.Exception(action) as AphoristException)?.Message;

    private static Encoding Strict(string name) =>
        CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static int ValidUtf8Prefix(ReadOnlySpan<byte> bytes)
    {
        int valid = 0;
        while (valid < bytes.Length && Rune.DecodeFromUtf8(bytes[valid..], out _, out int length) == OperationStatus.Done) valid += length;
        return valid;
    }
}
