using Aphorist.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class TokenSequenceTests
{
    [Theory]
    [InlineData(1, typeof(MemoryTokenSequence<byte>))]
    [InlineData(256, typeof(MemoryTokenSequence<byte>))]
    [InlineData(257, typeof(MemoryTokenSequence<ushort>))]
    [InlineData(65_536, typeof(MemoryTokenSequence<ushort>))]
    [InlineData(65_537, typeof(MemoryTokenSequence<int>))]
    public void Compact_VocabularySize_TakesTheFewestBytesAndKeepsEveryId(int vocabularySize, Type expected)
    {
        int[] ids = [0, vocabularySize - 1, vocabularySize / 2, 0];
        TokenSequence tokens = TokenSequence.Compact(ids, vocabularySize);
        Assert.IsType(expected, tokens);
        Assert.Equal(ids, tokens.Slice(0, ids.Length));
    }

    [Fact]
    public void Read_AnyPart_IsThatPart() =>
        Gen.Select(Gen.Int[0, 300].Array[0, 200], Gen.Int[0, 200], Gen.Int[0, 200]).Sample((ids, start, length) =>
    {
        start = Math.Min(start, ids.Length);
        length = Math.Min(length, ids.Length - start);
        Assert.Equal(ids[start..(start + length)], TokenSequence.Compact(ids, 301).Slice(start, length));
    });

    [Fact]
    public void Read_BeyondTheEnd_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenSequence.Compact([1, 2, 3], 4).Slice(2, 2));

    [Fact]
    public void CountOf_LongerThanABlock_CountsAll()
    {
        int[] ids = [.. Enumerable.Range(0, 10_000).Select(place => place % 3)];
        Assert.Equal(3334, TokenSequence.Compact(ids, 3).CountOf(0));
    }
}
