using Aphorist.Generation;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class StopTests
{
    private static readonly CharacterTokenizer Characters = CharacterTokenizer.FromCharacters("abcd\n", new TextNormalization(Lowercase: true));

    [Theory]
    [InlineData("abcd", "bc", "a")]
    [InlineData("aabac", "ac", "aab")]
    [InlineData("abab", "ac", "abab")]
    [InlineData("aaab", "aab", "a")]
    [InlineData("ab\ncd", "\n", "ab")]
    [InlineData("abcd", "CD", "ab")]
    public void Add_CharacterByCharacter_EndsBeforeTheStopText(string written, string stop, string expected)
    {
        TextAssembler text = new(Characters, CompiledRequest.Of(Characters, sampling: null, written.Length, new() { Texts = ["dddd", stop] }));
        string result = "";
        foreach (int id in Characters.Encode(written))
        {
            if (text.IsOver) break;
            result += text.Append(id);
        }

        Assert.Equal(expected, result + text.Finish());
    }

    [Fact]
    public void Stream_BeginningOfAStopText_IsHeldBackUntilItIsClear()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, Characters);
        model.Parameters.GetValues(model.Layout.DecoderBias)[Characters.Encode("b")[0]] = 1000;
        TextGenerator generator = new(model);
        Assert.Equal(["b", "b", "b", "bb"], generator.Stream("", length: 5, stop: new() { Texts = ["bba"] }));
        Assert.Equal(["b", "b"], generator.Stream("", length: 2, stop: new() { Texts = ["a"] }));
        Assert.Empty(generator.Stream("", stop: new() { Texts = ["bbb"] }));
    }

    [Fact]
    public void Complete_MinimumLength_ChoosesNothingThatEndsBefore()
    {
        // b is by far the likeliest, and ends the text as soon as it may.
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, Characters);
        model.Parameters.GetValues(model.Layout.DecoderBias)[Characters.Encode("b")[0]] = 50;
        TextGenerator generator = new(model);
        foreach (int minimum in (int[])[0, 1, 7])
        {
            string text = generator.Generate("", 20, new() { Seed = 3 }, new() { Texts = ["b"], MinimumLength = minimum });
            Assert.Equal(minimum, text.Length);
            Assert.DoesNotContain('b', text);
        }
    }

    [Fact]
    public void Complete_EveryTokenWouldEndTheText_EndsIt()
    {
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 5 }, Characters));
        string text = generator.Generate("", 20, new() { Banned = ["a"] }, new() { Texts = ["b", "c", "d", "\n"], MinimumLength = 7 });
        Assert.Equal("", text);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("ax")]
    [InlineData("")]
    public void Complete_StopTextThatNeverOccurs_IsRefused(string stop)
    {
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 5 }, Characters));
        Assert.Contains("stop text", Assert.Throws<ArgumentException>(() => generator.Generate("", 5, stop: new() { Texts = [stop] })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => { generator.GenerateBatch([""], 5, stop: new() { Texts = [stop] }, cancellationToken: TestContext.Current.CancellationToken); });
    }

    [Fact]
    public void Complete_WordsAndBytes_EndWithinATokenAndBetweenBytes()
    {
        WordTokenizer words = WordTokenizer.FromTokens([WordTokenizer.UnknownToken, "one", " two"]);
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[2] = 1000;
        Assert.Equal(" ", new TextGenerator(model).Generate("", 5, new() { Temperature = 0 }, new() { Texts = ["tw"] }));
        model = LanguageModel.Create(new() { HiddenSize = 5 }, new ByteTokenizer());
        model.Parameters.GetValues(model.Layout.DecoderBias)['q'] = 1000;
        Assert.Equal("", new TextGenerator(model).Generate("", 5, new() { Temperature = 0 }, new() { Texts = ["qq"] }));
        Assert.Equal("qqqqq", new TextGenerator(model).Generate("", 5, new() { Temperature = 0 }, new() { Texts = ["q\u00e9"] }));
    }
}
