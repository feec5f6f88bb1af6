using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>Options that are out of range, contradict each other or do not fit the model name the property to change.</summary>
public sealed class GenerationOptionsTests
{
    private static readonly CharacterTokenizer Tokens = ModelPair.VocabularyOf(8);

    private static readonly TextGenerator Generator = new(LanguageModel.Create(new() { HiddenSize = 5 }, Tokens));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-0.1)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    public void Temperature_NegativeOrNotANumber_Throws(double temperature) =>
        AssertInvalid("Temperature", () => new GenerationOptions { Temperature = temperature });

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Probabilities_OutOfRange_Throw(double value)
    {
        AssertInvalid("TopP", () => new GenerationOptions { TopP = value });
        AssertInvalid("MinP", () => new GenerationOptions { MinP = value });
        AssertInvalid("TypicalP", () => new GenerationOptions { TypicalP = value });
    }

    [Fact]
    public void Properties_OutOfRange_Throw()
    {
        AssertInvalid("MaxTokens", () => new GenerationOptions { MaxTokens = -1 });
        AssertInvalid("MinTokens", () => new GenerationOptions { MinTokens = -1 });
        AssertInvalid("TopK", () => new GenerationOptions { TopK = -1 });
        AssertInvalid("TopP", () => new GenerationOptions { TopP = 0 });
        AssertInvalid("TypicalP", () => new GenerationOptions { TypicalP = 0 });
        AssertInvalid("RepetitionPenalty", () => new GenerationOptions { RepetitionPenalty = 0.9 });
        AssertInvalid("FrequencyPenalty", () => new GenerationOptions { FrequencyPenalty = -10_001 });
        AssertInvalid("PresencePenalty", () => new GenerationOptions { PresencePenalty = double.PositiveInfinity });
        AssertInvalid("PenaltyWindow", () => new GenerationOptions { PenaltyWindow = 0 });
        AssertInvalid("LogitBias", () => new GenerationOptions { LogitBias = Bias("\u4E00", double.NaN) });
        AssertInvalid("LogitBias", () => new GenerationOptions { LogitBias = Bias("\u4E00", double.NegativeInfinity) });
        AssertInvalid("LogitBias", () => new GenerationOptions { LogitBias = Bias("\u4E00", 1e38) });
        AssertInvalid("PenaltyWindow", () => new GenerationOptions { PenaltyWindow = int.MaxValue });
        AssertInvalid("FrequencyPenalty", () => new GenerationOptions { FrequencyPenalty = 1e308 });
        AssertInvalid("RepetitionPenalty", () => new GenerationOptions { RepetitionPenalty = 1e308 });
        AssertInvalid("LengthPenalty", () => new BeamOptions { LengthPenalty = 1e308 });
        AssertInvalid("ResultCount", () => Generator.BeamSearch("", new() { MaxTokens = 1 }, new() { ResultCount = 5 }, Token));
        AssertInvalid("BeamWidth", () => new BeamOptions { BeamWidth = 0 });
        AssertInvalid("BeamWidth", () => new BeamOptions { BeamWidth = 4097 });
        AssertInvalid("ResultCount", () => new BeamOptions { ResultCount = 0 });
        AssertInvalid("LengthPenalty", () => new BeamOptions { LengthPenalty = -1 });
        AssertInvalid("Alternatives", () => new ScoreOptions { Alternatives = -1 });
        AssertInvalid("MaxTokensWithAlternatives", () => new ScoreOptions { MaxTokensWithAlternatives = -1 });
    }

    [Fact]
    public void Message_OfAValueOutOfRange_NamesPropertyValueAndRange() => Assert.Equal(
        "TopP is 1.5. It must be greater than 0 and at most 1.",
        Assert.Throws<InvalidOptionsException>(() => new GenerationOptions { TopP = 1.5 }).Message);

    [Fact]
    public void Generate_OptionsThatDoNotFitTheModel_Throws()
    {
        AssertRejected("TopK", new() { TopK = 9 });
        AssertRejected("BannedTokens", new() { BannedTokens = ["x"] });
        AssertRejected("BannedTokens", new() { BannedTokens = [Tokens.Decode([0, 1])] });
        AssertRejected("BannedTokens", new() { BannedTokens = [""] });
        AssertRejected("BannedTokens", new() { BannedTokens = [.. Enumerable.Range(0, 8).Select(id => Tokens.Decode([id]))] });
        AssertRejected("LogitBias", new() { LogitBias = Bias("x", 1) });
        AssertRejected("StopSequences", new() { StopSequences = ["x"] });
        AssertRejected("StopSequences", new() { StopSequences = [""] });
        AssertRejected("MinTokens", new() { MinTokens = 5, MaxTokens = 4 });
    }

    [Fact]
    public void Generate_NoLimit_IsForStreamsOnly()
    {
        GenerationOptions endless = new() { MaxTokens = null };
        AssertInvalid("MaxTokens", () => Generator.Generate("", endless, Token));
        AssertInvalid("MaxTokens", () => { Generator.GenerateAsync("", endless, Token); });
        AssertInvalid("MaxTokens", () => Generator.GenerateBatch([""], endless, Token));
        AssertInvalid("MaxTokens", () => Generator.GenerateUnique("", 2, endless, cancellationToken: Token));
        AssertInvalid("MaxTokens", () => Generator.BeamSearch("", endless, cancellationToken: Token));
        Assert.Equal(1000, Generator.Stream("", endless, Token).Take(1000).Count());
        Assert.Equal(1000, Generator.StreamTokens("", endless, alternatives: 0, Token).Take(1000).Count());
    }

    [Fact]
    public void Null_ForACollection_Throws()
    {
        Assert.Throws<ArgumentNullException>(() => new GenerationOptions { StopSequences = null! });
        Assert.Throws<ArgumentNullException>(() => new GenerationOptions { BannedTokens = null! });
        Assert.Throws<ArgumentNullException>(() => new GenerationOptions { LogitBias = null! });
    }

    /// <summary>Every method checks its options when it is called, not when its result is enumerated.</summary>
    private static void AssertRejected(string property, GenerationOptions options)
    {
        AssertInvalid(property, () => Generator.Generate("", options, Token));
        AssertInvalid(property, () => { Generator.GenerateAsync("", options, Token); });
        AssertInvalid(property, () => Generator.Stream("", options, Token));
        AssertInvalid(property, () => Generator.StreamAsync("", options, Token));
        AssertInvalid(property, () => Generator.StreamTokens("", options, cancellationToken: Token));
        AssertInvalid(property, () => Generator.GenerateBatch([""], options, Token));
        AssertInvalid(property, () => Generator.GenerateUnique("", 1, options, cancellationToken: Token));
        AssertInvalid(property, () => Generator.BeamSearch("", options, cancellationToken: Token));
        AssertInvalid(property, () => Generator.CreateSession(options));
    }

    private static void AssertInvalid(string property, Func<object?> action) =>
        Assert.Equal(property, Assert.Throws<InvalidOptionsException>(action).PropertyName);

    private static void AssertInvalid(string property, Action action) =>
        Assert.Equal(property, Assert.Throws<InvalidOptionsException>(action).PropertyName);

    private static Dictionary<string, double> Bias(string text, double bias) => new() { [text] = bias };
}
