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

    [Theory]
    [InlineData("他走了。她也走了！", "123412345")]
    [InlineData("“好。”他说", "123412")]
    [InlineData("「好！」『是？』他", "123412341")]
    [InlineData("\"好。\"他。\"好。\"她。", "123412123412")]
    [InlineData("真的？！是。", "123412")]
    [InlineData("“好！”，他说。她", "123456781")]
    [InlineData("题\n\n他走。\n  她走", "12012300012")]
    [InlineData("题\n他走。", "12345")]
    [InlineData("好!她3.5岁.他", "121234561")]
    [InlineData("好!“她”", "12123")]
    public void PositionInSentence_Chinese_EndsAtItsMarksAndTheirQuotes(string text, string expected) =>
        AssertValues(TextFeature.PositionInSentence, text, expected);

    [Theory]
    [InlineData("Oh. \"So?\" I", "12301234501")]
    [InlineData("It's 3.5. No", "123456789012")]
    [InlineData("(Yes.) No", "123456012")]
    [InlineData("\u201EJa.\u201C Er", "12345012")]
    [InlineData("a\n\nb", "1201")]
    [InlineData("\u0623\u061F \u0628\u06D4 \u0915\u0964 \u0915", "1201201201")]
    [InlineData(" a b", "0123")]
    public void PositionInSentence_Spaces_EndsBeforeThem(string text, string expected) =>
        AssertValues(TextFeature.PositionInSentence, text, expected);

    [Fact]
    public void SincePunctuation_Text_CountsFromTheMark() =>
        AssertValues(TextFeature.SincePunctuation, "他说：“好”。\n走", "120010001");

    [Theory]
    [InlineData("a\n\n\nTitle\n\nb", "000011111000")]
    [InlineData("a\n \n\t\n题\nb", "000000100")]
    [InlineData("a\n\nb", "0000")]
    public void TitleLine_Text_FollowsTwoBlankLines(string text, string expected) => AssertValues(TextFeature.TitleLine, text, expected);

    [Fact]
    public void CharacterClasses_Text_AreMarked()
    {
        AssertValues(TextFeature.Punctuation, "a，b。“c”!", "01011011");
        AssertValues(TextFeature.Numeral, "三百2個\u0663的", "111010");
        AssertValues(TextFeature.FunctionCharacter, "我的马了\U00020000是x", "0101010");
        AssertValues(TextFeature.HanCharacter, "漢かカa한\U00020000，", "1000010");
    }

    [Fact]
    public void Words_ChineseCharactersAndKana_AreNone()
    {
        AssertValues(TextFeature.PositionInWord, "用C他かb한국", "0100123");
        AssertValues(TextFeature.WordEnd, "用C他", "001");
    }

    [Theory]
    [InlineData("The cat sat.", "word end, position in word, capital letter")]
    [InlineData("Кошка сидела", "word end, position in word, capital letter")]
    [InlineData("القط جلس", "word end, position in word")]
    [InlineData("고양이가 앉았다", "word end, position in word")]
    [InlineData("猫坐在垫子上。", "since punctuation, punctuation, numeral, function character")]
    [InlineData("猫がマットの上に座った。", "since punctuation, punctuation, numeral, Chinese character")]
    [InlineData(
        "猫 the cat",
        "word end, position in word, capital letter, since punctuation, punctuation, numeral, function character, Chinese character")]
    [InlineData("A text of many more letters with 中", "word end, position in word, capital letter")]
    [InlineData("1 2 3", "word end, position in word")]
    [InlineData("", "word end, position in word")]
    public void ForScripts_Text_HasTheFeaturesThatMeanSomething(string text, string expected)
    {
        IReadOnlyList<TextFeature> features = TextFeature.ForScripts(TextScripts.Of(text));
        Assert.Equal(
            [TextFeature.PositionInLine, TextFeature.PositionInSentence, TextFeature.TitleLine, TextFeature.InsideQuotes,
                TextFeature.InsideParentheses],
            features.Take(5));
        Assert.Equal(expected, string.Join(", ", features.Skip(5).Select(feature => feature.Name)));
    }

    [Fact]
    public void All_Features_HaveDifferentNamesAndBeginAnew()
    {
        Assert.Equal(13, TextFeature.All.Select(feature => feature.Name).Distinct().Count());
        foreach (TextFeature feature in TextFeature.All) Assert.Equal(feature.Measure("A (\"b。"), feature.Measure("A (\"b。"));
    }

    private static void AssertValues(TextFeature feature, string text, string expected) =>
        Assert.Equal(expected, string.Concat(feature.Measure(text).Select(value => (char)('0' + (int)value))));
}
