using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Studio.Tests.Components;

public sealed class SentenceTests
{
    [Theory]
    [InlineData(nameof(ModelSpec.Residual), "残差连接至少需要 2 层。请增加层数，或关闭残差连接。")]
    [InlineData(nameof(TrainingOptions.LearningRate), "“学习率”的值不可用：It is wrong.")]
    [InlineData("Unknown", "出错了。详细信息（英文）：It is wrong.")]
    public void Of_InvalidOption_NamesItInChinese(string property, string expected)
    {
        InvalidOptionsException exception = new("It is wrong.", property);
        Assert.Equal(expected, Sentence.Of(exception, Language.Chinese));
        Assert.Equal("It is wrong.", Sentence.Of(exception, Language.English));
    }
}
