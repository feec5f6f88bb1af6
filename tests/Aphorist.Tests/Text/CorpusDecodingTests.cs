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
    public void Read_Windows1252AsUtf8_NamesFileAndOffsetAndKeepsTheBytes()
    {
        byte[] bytes = Strict("windows-1252").GetBytes("un été, très chaud");
        CorpusException exception = Assert.Throws<CorpusException>(() => Decode(bytes));
        Assert.Equal(
            "'standard input' is not utf-8 text (byte 0xE9 at offset 3): name its encoding, or repair the file.", exception.Message);
        UndecodableText text = exception.Undecodable!;
        Assert.Equal(("standard input", "utf-8", 3L, 0L), (text.Name, text.Encoding, text.Offset, text.SampleOffset));
        Assert.Equal(bytes, text.Sample.ToArray());
    }

    [Fact]
    public void Read_NamedEncodingThatDoesNotFit_AsksForAnother() => Assert.Equal(
        "'standard input' is not us-ascii text (byte 0xD2 at offset 1): name another encoding, or repair the file.",
        Record(() => Decode([(byte)'a', 0xD2], "us-ascii")));

    [Fact]
    public void Read_UndecodableFarIntoALongText_KeepsTheLinesAroundIt()
    {
        byte[] line = "nothing to see here\n"u8.ToArray();
        byte[] bytes = [.. Enumerable.Repeat(line, 200_000).SelectMany(part => part)];
        const int place = 3_000_007;
        bytes[place] = 0xFF;
        UndecodableText text = Assert.Throws<CorpusException>(() => Decode(bytes)).Undecodable!;
        Assert.Equal(place, text.Offset);
        Assert.InRange(text.SampleOffset, place - 600_000, place - 500_000);
        Assert.Equal(0, text.SampleOffset % line.Length);
        Assert.InRange(text.Sample.Length, 1_000_000, 1 << 20);
        Assert.True(text.Sample.Span.SequenceEqual(bytes.AsSpan((int)text.SampleOffset, text.Sample.Length)));
    }

    [Fact]
    public void Read_TruncatedCharacter_IsFoundAtItsStart() =>
        Assert.Contains("(byte 0xE8 at offset 2)", Record(() => Decode([(byte)'o', (byte)'k', 0xE8, 0xAA])));

    [Fact]
    public void Read_Utf16WithHalfAPair_IsRefused() =>
        Assert.Contains(
            "is not utf-16 text (byte 0x3D at offset 4)", Record(() => Decode([0xFF, 0xFE, 0x61, 0, 0x3D, 0xD8, 0x62, 0], "utf-16")));

    [Fact]
    public void Read_BinaryFile_IsCalledOne() =>
        Assert.Equal("'standard input' looks like a binary file (a zero byte at offset 4): give a plain text file, or name its encoding.",
            Record(() => Decode([0x7F, (byte)'E', (byte)'L', (byte)'F', 0, 0, 0, 1, 2])));

    [Fact]
    public void Read_Utf16WithoutMark_IsReadIfItIsNamed()
    {
        byte[] bytes = Encoding.Unicode.GetBytes("plain text\n");
        Assert.Equal(1, Assert.Throws<CorpusException>(() => Decode(bytes)).Undecodable!.Offset);
        Assert.Equal("plain text\n", Decode(bytes, "utf-16LE"));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("windows-1252")]
    [InlineData("gb18030")]
    public void Read_NulCharactersInANamedEncoding_AreTextWithANote(string encoding)
    {
        TextDecoder decoder = new(encoding);
        Assert.Equal("a\0b\0", decoder.Decode("a\0b\0"u8.ToArray(), "a.txt"));
        Assert.Equal("ab", decoder.Decode("ab"u8.ToArray(), "b.txt"));
        Assert.Equal(
            "'a.txt' has NUL characters (U+0000). They are read as characters of the text, because its encoding was named.",
            Assert.Single(decoder.Notes));
    }

    [Theory]
    [InlineData("windows-1252", "utf-8")]
    [InlineData("gb18030", "utf-8")]
    [InlineData("koi8-r", "utf-8")]
    [InlineData("utf-16LE", "utf-8")]
    [InlineData("windows-1252", "utf-16")]
    [InlineData("koi8-r", "utf-16BE")]
    public void Read_TextOfAnotherEncodingThanNamedWithItsMark_IsRefused(string named, string actual) => Assert.Equal(
        $"'standard input' begins with the byte order mark of {actual} and is {actual} text, but the encoding {Strict(named).WebName} was "
        + $"named: leave the encoding out, or name {actual}.",
        Record(() => Decode(Strict(actual).GetBytes("\uFEFFé and so on"), named)));

    [Fact]
    public void Read_MarkOfUtf8InATextThatIsNotUtf8_IsReadAsNamedWithANote()
    {
        TextDecoder decoder = new("windows-1252");
        Assert.Equal("ï»¿é", decoder.Decode((byte[])[0xEF, 0xBB, 0xBF, 0xE9], "a.txt"));
        Assert.Equal(
            "'a.txt' begins with the byte order mark of utf-8, but is not utf-8 text. It was read as windows-1252, as named.",
            Assert.Single(decoder.Notes));
    }

    [Fact]
    public void Read_LettersThatLookLikeAMark_AreRead()
    {
        TextDecoder decoder = new("koi8-r");
        Assert.Equal("ЪЧ", decoder.Decode((byte[])[0xFF, 0xFE], "a.txt"));
        Assert.Empty(decoder.Notes);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf16")]
    [InlineData("unicode")]
    public void Read_NamedUtf16WithBigEndianMark_FollowsTheMark(string name) =>
        Assert.Equal("ab", Decode([0xFE, 0xFF, 0, 0x61, 0, 0x62], name));

    [Theory]
    [InlineData("utf-16LE", "utf-16BE")]
    [InlineData("utf-16BE", "utf-16LE")]
    [InlineData("utf-32LE", "utf-32BE")]
    [InlineData("utf-32BE", "utf-32LE")]
    public void Read_OtherByteOrderThanTheMark_IsRefused(string named, string written)
    {
        Encoding encoding = TextEncodings.Get(written);
        byte[] bytes = [.. encoding.GetPreamble(), .. encoding.GetBytes("ab")];
        Assert.Contains("begins with the byte order mark of", Record(() => Decode(bytes, named)), StringComparison.Ordinal);
        Assert.Equal("ab", Decode(bytes, written));
        Assert.Equal("ab", Decode(bytes));
    }

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
