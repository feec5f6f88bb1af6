using Aphorist.Generation;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class StopSequenceTests
{
    private static readonly CharacterTokenizer Characters = CharacterTokenizer.FromCharacters(
        "abcd\n", new TextNormalization(Lowercase: true));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("abcd", "bc", "a")]
    [InlineData("aabac", "ac", "aab")]
    [InlineData("abab", "ac", "abab")]
    [InlineData("aaab", "aab", "a")]
    [InlineData("ab\ncd", "\n", "ab")]
    [InlineData("abcd", "CD", "ab")]
    public void Add_CharacterByCharacter_EndsBeforeTheStopSequence(string written, string stop, string expected)
    {
        GenerationOptions options = new() { MaxTokens = written.Length, StopSequences = ["dddd", stop] };
        TextAssembler text = new(Characters, new CompiledOptions(options, Characters));
        string result = "";
        foreach (int id in Characters.Encode(written))
        {
            if (text.IsOver) break;
            result += text.Add(id);
        }

        Assert.Equal(expected, result + text.Finish());
    }

    [Fact]
    public void Stream_StartOfAStopSequence_IsHeldBackUntilItIsClear()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, Characters);
        model.Parameters.GetValues(model.Layout.DecoderBias)[Characters.Encode("b")[0]] = 1000;
        TextGenerator generator = new(model);
        Assert.Equal(["b", "b", "b", "bb"], generator.Stream("", new() { MaxTokens = 5, StopSequences = ["bba"] }, Token));
        Assert.Equal(["b", "b"], generator.Stream("", new() { MaxTokens = 2, StopSequences = ["a"] }, Token));
        Assert.Empty(generator.Stream("", new() { MaxTokens = null, StopSequences = ["bbb"] }, Token));
    }

    [Fact]
    public void Generate_MinTokens_SamplesNothingThatEndsTheTextBefore()
    {
        // b is by far the most likely token, and ends the text as soon as it may.
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, Characters);
        model.Parameters.GetValues(model.Layout.DecoderBias)[Characters.Encode("b")[0]] = 50;
        TextGenerator generator = new(model);
        foreach (int minimum in (int[])[0, 1, 7])
        {
            string text = generator.Generate("", new() { MaxTokens = 20, MinTokens = minimum, StopSequences = ["b"], Seed = 3 }, Token);
            Assert.Equal(minimum, text.Length);
            Assert.DoesNotContain('b', text);
        }
    }

    [Fact]
    public void Generate_EveryTokenWouldEndTheText_EndsIt()
    {
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 5 }, Characters));
        string text = generator.Generate(
            "", new() { MaxTokens = 20, MinTokens = 7, StopSequences = ["b", "c", "d", "\n"], BannedTokens = ["a"] }, Token);
        Assert.Equal("", text);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("ax")]
    [InlineData("")]
    public void Generate_StopSequenceThatCannotOccur_Throws(string stop)
    {
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 5 }, Characters));
        GenerationOptions options = new() { StopSequences = [stop] };
        Assert.Equal("StopSequences", Assert.Throws<InvalidOptionsException>(() => generator.Generate("", options, Token)).PropertyName);
        Assert.Throws<InvalidOptionsException>(() => { generator.GenerateBatch([""], options, Token); });
    }

    [Fact]
    public void Generate_WordsAndBytes_EndWithinATokenAndBetweenBytes()
    {
        WordTokenizer words = WordTokenizer.FromTokens([WordTokenizer.UnknownToken, "one", " two"]);
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[2] = 1000;
        GenerationOptions options = new() { MaxTokens = 5, Temperature = 0 };
        Assert.Equal(" ", new TextGenerator(model).Generate("", options with { StopSequences = ["tw"] }, Token));
        model = LanguageModel.Create(new() { HiddenSize = 5 }, new ByteTokenizer());
        model.Parameters.GetValues(model.Layout.DecoderBias)['q'] = 1000;
        Assert.Equal("", new TextGenerator(model).Generate("", options with { StopSequences = ["qq"] }, Token));
        Assert.Equal("qqqqq", new TextGenerator(model).Generate("", options with { StopSequences = ["q\u00e9"] }, Token));
    }
}
