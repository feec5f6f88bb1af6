using Aphorist.Inspection;
using Xunit;

namespace Aphorist.Tests.Inspection;

public sealed class TextScriptsTests
{
    [Theory]
    [InlineData("池塘里的水少了。", "zh")]
    [InlineData("他用 Aphorist 训练一个语言模型。", "zh")]
    [InlineData("《の》字", "ja")]
    [InlineData("日本の「の」很常见，但这一段文字是用中文写成的，因为别的字都是汉字。", "zh")]
    [InlineData("吾輩は猫である。", "ja")]
    [InlineData("나는 고양이로소이다", "ko")]
    [InlineData("The word 中 is Chinese", null)]
    [InlineData("Кошка", null)]
    [InlineData("12:30", null)]
    [InlineData("", null)]
    public void Language_Text_IsToldByItsScript(string text, string? expected) => Assert.Equal(expected, TextScripts.Of(text).Language);

    [Fact]
    public void Of_MixedText_CountsTheSharesOfItsLetters()
    {
        TextScripts scripts = TextScripts.Of("中文 かな한 aBcשx, 12！");
        Assert.Equal((0.2, 0.2, 0.1, 0.4), (scripts.Han, scripts.Kana, scripts.Hangul, scripts.Cased));
        Assert.Equal(scripts, TextScripts.Of(Corpus.FromText("中文 かな한 aBcשx, 12！")));
    }

    [Fact]
    public void Of_LongText_CountsItsBeginning() =>
        Assert.Equal(1, TextScripts.Of(new string('中', 1_000_000) + new string('a', 1_000_000)).Han);
}
