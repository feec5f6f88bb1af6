using Aphorist.Inspection;
using Xunit;

namespace Aphorist.Tests.Inspection;

/// <summary>Features of texts written by hand; the value of each character stands below it, as a digit.</summary>
public sealed class TextFeatureTests
{
    [Theory]
    [InlineData("one\n\nof two", "12300123456")]
    [InlineData("\na", "01")]
    [InlineData("中\U0001F600\u00e9", "123")]
    public void PositionInLine_Text_CountsFromTheLineFeed(string text, string expected) =>
        AssertValues(TextFeature.PositionInLine, text, expected);

    [Theory]
    [InlineData("a \"bc\" d", "00111000")]
    [InlineData("it's \u2018so\u2019", "000000000")]
    [InlineData("\u201Cb\u201D c", "11000")]
    [InlineData("\u201Eb\u201C \u201Ec\u201D", "1100110")]
    [InlineData("\u00ABb\u00BB\u300Cc\u300D\u300Ed\u300F", "110110110")]
    [InlineData("\u201Ca \u300Cb\u300D c\u201D", "111111110")]
    [InlineData("\u201Ca \"b\" c\u201D d", "11111111000")]
    [InlineData("a\u201D b", "0000")]
    public void InsideQuotes_Marks_OpensAndCloses(string text, string expected) => AssertValues(TextFeature.InsideQuotes, text, expected);

    [Theory]
    [InlineData("\"a\nb\n\nc", "1111100")]
    [InlineData("\"a\n \t\nb", "1111100")]
    [InlineData("\u201Ca\n\n\u201Cb", "111011")]
    public void InsideQuotes_NeverClosed_EndsWithTheParagraph(string text, string expected) =>
        AssertValues(TextFeature.InsideQuotes, text, expected);

    [Theory]
    [InlineData("a (b) c", "0011000")]
    [InlineData("((a)b)c", "1111100")]
    [InlineData("a) (b", "00011")]
    [InlineData("\uFF08a\uFF09b", "1100")]
    [InlineData("((a\n\nb)", "1111000")]
    public void InsideParentheses_Marks_OpensAndCloses(string text, string expected) =>
        AssertValues(TextFeature.InsideParentheses, text, expected);

    [Theory]
    [InlineData("a bc, d", "0100100")]
    [InlineData("don't\nl\u2019eau", "00000100000")]
    [InlineData("'a' b", "00010")]
    [InlineData("e\u0301t 7x.", "0001001")]
    [InlineData(" -- ", "0000")]
    public void WordEnd_Text_IsTheFirstCharacterAfterAWord(string text, string expected) =>
        AssertValues(TextFeature.WordEnd, text, expected);

    [Theory]
    [InlineData("a bc, d", "1012001")]
    [InlineData("don't 'so'", "1234500123")]
    [InlineData("e\u0301t", "123")]
    public void PositionInWord_Text_CountsWithinTheWord(string text, string expected) =>
        AssertValues(TextFeature.PositionInWord, text, expected);

    [Fact]
    public void Capital_Text_IsUpperCase() => AssertValues(TextFeature.Capital, "aB \u00C9\u00E9 1\U00010400", "01010001");

    [Fact]
    public void All_Features_HaveDifferentNamesAndBeginAnew()
    {
        Assert.Equal(6, TextFeature.All.Select(feature => feature.Name).Distinct().Count());
        foreach (TextFeature feature in TextFeature.All) Assert.Equal(feature.Measure("A (\"b"), feature.Measure("A (\"b"));
    }

    private static void AssertValues(TextFeature feature, string text, string expected) =>
        Assert.Equal(expected, string.Concat(feature.Measure(text).Select(value => (char)('0' + (int)value))));
}
