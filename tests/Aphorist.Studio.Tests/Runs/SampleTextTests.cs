using Aphorist.Studio.Runs;
using Xunit;

namespace Aphorist.Studio.Tests.Runs;

public sealed class SampleTextTests
{
    [Fact]
    public void Parse_FileOfTheCommand_GivesSeedAndTexts()
    {
        SampleText sample = SampleText.Parse(
            "epoch 3, loss 1.0\n\n--- seed\nonce\nupon\n\n--- temperature 0.2\n a time\n\n\n--- temperature 1.0\nx\n")!;
        Assert.Equal("once\nupon", sample.Seed);
        Assert.Equal([("0.2", " a time\n"), ("1.0", "x")], sample.Texts);
    }

    [Theory]
    [InlineData("")]
    [InlineData("epoch 1\n\n--- seed\nhalf of a")]
    [InlineData("\n\n--- temperature 0.2\nno seed")]
    public void Parse_SomethingElse_IsNull(string text) => Assert.Null(SampleText.Parse(text));
}
