using System.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Tokenizers;

public sealed class ByteTokenizerTests
{
    private readonly ByteTokenizer tokenizer = new();

    [Fact]
    public void Encode_AnyText_IsItsUtf8() => Texts.WellFormed.Sample(text =>
    {
        int[] ids = tokenizer.Encode(text);
        Assert.Equal(Encoding.UTF8.GetBytes(text).Select(value => (int)value), ids);
        Assert.Equal(text, tokenizer.Decode(ids));
        Assert.Equal(text.EnumerateRunes().Count(), tokenizer.CountCharacters(ids));
    });

    [Fact]
    public void Encode_HalfASurrogatePair_BecomesTheReplacementCharacter() => Texts.AnyUnits.Sample(text =>
        Assert.Equal(string.Concat(text.EnumerateRunes()), tokenizer.Decode(tokenizer.Encode(text))));

    [Fact]
    public void Decode_AnyBytes_AreReadAsTheFrameworkReadsThem() => Gen.Byte.Array[0, 40].Sample(bytes =>
        Assert.Equal(Encoding.UTF8.GetString(bytes), tokenizer.Decode([.. bytes.Select(value => (int)value)])));

    [Fact]
    public void CreateDecoder_CharacterOfFourBytes_ComesWithItsLast()
    {
        TokenDecoder decoder = tokenizer.CreateDecoder();
        Assert.Equal(["", "", "", "\U0001F600", "a", ""], [.. tokenizer.Encode("\U0001F600a").Select(decoder.Append), decoder.Flush()]);
    }

    [Fact]
    public void CreateDecoder_CharacterCutShort_BecomesTheReplacementCharacter()
    {
        TokenDecoder decoder = tokenizer.CreateDecoder();
        string[] pieces = [decoder.Append(0xF0), decoder.Append(0x9F), decoder.Append('a'), decoder.Append(0xC3), decoder.Flush()];
        Assert.Equal(["", "", "\uFFFDa", "", "\uFFFD"], pieces);
    }

    [Theory]
    [InlineData('a', "a")]
    [InlineData(' ', "␣")]
    [InlineData(0x00, "\\u0000")]
    [InlineData(0xC3, "\\xC3")]
    public void GetDisplayText_Byte_IsItsCharacterOrItsNumber(int id, string shown) => Assert.Equal(shown, tokenizer.GetDisplayText(id));
}
