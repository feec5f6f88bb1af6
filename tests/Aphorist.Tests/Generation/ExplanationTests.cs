using Aphorist.Reference;
using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>What is told of each token, against the reference, and the text that the tokens make.</summary>
public sealed class ExplanationTests
{
    private const int Window = 5;

    private static readonly Corpus Corpus = Corpus.FromText("the cat, the hen and the caf\u00e9: \u4e2d\U0001F600. ", normalization: new(Lowercase: true));

    public static TheoryData<GenerationMode, TokenizerKind> ModesAndTokens
    {
        get
        {
            TheoryData<GenerationMode, TokenizerKind> data = [];
            foreach (GenerationMode mode in Enum.GetValues<GenerationMode>())
                foreach (TokenizerKind kind in Enum.GetValues<TokenizerKind>()) data.Add(mode, kind);
            return data;
        }
    }

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Score_EveryToken_IsWhatTheReferenceSays(GenerationMode mode)
    {
        ModelPair pair = ModelPair.Random(13, 9, Window, GateActivation.Sigmoid, deviation: 0.7);
        int[] ids = [1, 5, 5, 12, 0, 3, 7, 7, 2, 11, 4];
        TextScore score = new TextGenerator(pair.Engine, mode, threads: 2).Score(pair.Engine.Tokenizer.Decode(ids), alternatives: 3);

        Assert.Equal(ids, score.Tokens.Select(token => token.Id));
        double nats = 0;
        for (int place = 0; place < ids.Length; place++)
        {
            double[] expected = Softmax.Probabilities(pair.Reference.Logits(Seen(ids, place, mode)), 1);
            AssertExplains(expected, score.Tokens[place], pair.Engine.Tokenizer);
            nats -= Math.Log(expected[ids[place]]);
        }

        Tolerance.AssertClose(nats, score.TotalLoss, Tolerance.OfChain(100), 1, "nats", 0);
        Assert.Equal(score.TotalLoss / ids.Length, score.LossPerToken, 1e-12);
        Assert.Equal(score.TotalLoss / Math.Log(2) / ids.Length, score.BitsPerCharacter, 1e-12);
        Assert.Equal(Math.Exp(score.LossPerToken), score.Perplexity, 1e-12);
    }

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Score_AllTokensButTheFirst_AddUpToTheEvaluation(TokenizerKind kind)
    {
        LanguageModel model = Model(kind);
        TextScore score = new TextGenerator(model).Score(Corpus.Text, alternatives: 0);
        Evaluation evaluation = model.Evaluate(Corpus, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal(evaluation.Count, score.Tokens.Count - 1);
        Assert.Equal(evaluation.Characters, score.Characters - model.Tokenizer.CountCharacters([score.Tokens[0].Id]));
        Tolerance.AssertClose(evaluation.LossSum, score.TotalLoss + score.Tokens[0].LogProbability, Tolerance.OfChain(model.Tokenizer.VocabularySize), 1, "nats", 0);
        Assert.Equal(evaluation.Correct, score.Tokens.Skip(1).Count(token => token.Rank == 1));
        Assert.Equal(Corpus.Text, string.Concat(score.Tokens.Select(token => token.Text)));
        Assert.All(score.Tokens, token => Assert.Equal(model.Tokenizer.GetDisplayText(token.Id), token.DisplayText));
    }

    [Fact]
    public void Score_BytesOfOneCharacter_GiveTheirTextToTheLast()
    {
        TextScore score = new TextGenerator(Model(TokenizerKind.Bytes)).Score("e\u00e9\U0001F600");
        Assert.Equal(["e", "", "\u00e9", "", "", "", "\U0001F600"], score.Tokens.Select(token => token.Text));
        Assert.Equal("\\xC3", score.Tokens[1].DisplayText);
        Assert.Equal(3, score.Characters);
    }

    [Fact]
    public void Score_MoreTokensThanAreToBeExplained_NamesNoMoreAlternatives()
    {
        TextGenerator generator = new(Model(TokenizerKind.Bytes));
        ScoredToken[] tokens = [.. generator.Score([1, 2, 3, 4], alternatives: 2, most: 3)];
        Assert.Equal([2, 2, 2, 0], tokens.Select(token => token.Alternatives.Count));
        Assert.Equal(generator.Score("\u0001\u0002\u0003\u0004").Tokens.Select(token => token.LogProbability), tokens.Select(token => token.LogProbability));
    }

    [Fact]
    public void Score_TextThatCannotBe_IsRefused()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        Assert.Contains("empty", Assert.Throws<ArgumentException>(() => generator.Score("")).Message, StringComparison.Ordinal);
        Assert.Throws<UnknownCharacterException>(() => generator.Score("the dog#"));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.Score("the", alternatives: -1));
    }

    [Theory]
    [MemberData(nameof(ModesAndTokens))]
    public void Explain_AnyTokens_WritesWhatCompleteWrites(GenerationMode mode, TokenizerKind kind)
    {
        TextGenerator generator = new(Model(kind), mode, threads: 2);
        SamplingOptions sampling = new() { Seed = 5, Temperature = 1.3, FrequencyPenalty = 0.2 };
        foreach (int length in (int[])[0, 1, 2, 40])
        {
            ScoredToken[] tokens = [.. generator.Explain("The CAT", sampling, length)];
            Assert.Equal(length, tokens.Length);
            Assert.Equal(generator.Generate("The CAT", length, sampling), string.Concat(tokens.Select(token => token.Text)));
        }
    }

    [Fact]
    public void Explain_WrittenText_IsExplainedAsWhenItIsScored()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        ScoredToken[] written = [.. generator.Explain("the ", new() { Seed = 1, TopK = 2, Banned = [" "] }, 30)];
        ScoredToken[] read = [.. generator.Score("the " + string.Concat(written.Select(token => token.Text))).Tokens.Skip(4)];
        // The model's own probabilities, whatever the strategy.
        for (int place = 0; place < written.Length; place++)
        {
            Assert.Equal(read[place] with { Alternatives = written[place].Alternatives }, written[place]);
            Assert.Equal(read[place].Alternatives, written[place].Alternatives);
        }
    }

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Explain_WithStopTexts_EndsWhereCompleteEnds(TokenizerKind kind)
    {
        TextGenerator generator = new(Model(kind));
        StopOptions stop = new() { Texts = ["t", "e ", "\u4e2d"], MinimumLength = 3 };
        for (ulong seed = 0; seed < 40; seed++)
        {
            ScoredToken[] tokens = [.. generator.Explain("", new() { Seed = seed }, 30, stop)];
            Assert.Equal(generator.Generate("", 30, new() { Seed = seed }, stop), string.Concat(tokens.Select(token => token.Text)));
        }
    }

    [Fact]
    public void Explain_StopTextWithinTokens_CutsTheTokenAndLeavesOutWhatFollows()
    {
        WordTokenizer words = WordTokenizer.FromTokens([WordTokenizer.UnknownToken, "one", " two"]);
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[2] = 1000;
        TextGenerator generator = new(model);
        Assert.Equal([" "], TextsOf(new() { Texts = ["two"] }));
        Assert.Equal([" tw"], TextsOf(new() { Texts = ["o two t"] }));
        Assert.Empty(TextsOf(new() { Texts = [" two two"] }));

        IEnumerable<string> TextsOf(StopOptions stop) => generator.Explain("", new() { Temperature = 0 }, 5, stop).Select(token => token.Text);
    }

    [Fact]
    public void Explain_BytesThatAreNoCharacter_AreTheTextOfTheLast()
    {
        LanguageModel model = Model(TokenizerKind.Bytes);
        model.Parameters.Values.Clear();
        model.Parameters.GetValues(model.Layout.DecoderBias)[0xC3] = 1000;
        Assert.Equal(["", "\uFFFD", "\uFFFD\uFFFD"], new TextGenerator(model).Explain("", length: 3).Select(token => token.Text));
    }

    [Fact]
    public void Explain_WrongArguments_AreRefusedAtOnce()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        Assert.Throws<ArgumentOutOfRangeException>(() => { generator.Explain("", length: -1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { generator.Explain("", alternatives: -1); });
        Assert.Throws<UnknownCharacterException>(() => { generator.Explain("#"); });
    }

    private static void AssertExplains(double[] expected, ScoredToken token, Tokenizer tokenizer)
    {
        Assert.Equal(Math.Log(expected[token.Id]), token.LogProbability, 1e-5);
        Assert.Equal(-Math.Log2(expected[token.Id]), token.Bits, 1e-5);
        Assert.Equal(1 + expected.Count(other => other > expected[token.Id]), token.Rank);
        Assert.Equal(-expected.Sum(p => p * Math.Log(p)), token.Entropy, 1e-5);
        int[] likeliest = [.. Enumerable.Range(0, expected.Length).OrderByDescending(id => expected[id]).Take(3)];
        Assert.Equal(likeliest, token.Alternatives.Select(alternative => alternative.Id));
        foreach (TokenCandidate alternative in token.Alternatives)
        {
            Assert.Equal(expected[alternative.Id], alternative.Probability, 1e-5);
            Assert.Equal(tokenizer.GetDisplayText(alternative.Id), alternative.DisplayText);
        }
    }

    /// <summary>What the model remembers before a place.</summary>
    private static int[] Seen(int[] ids, int place, GenerationMode mode) =>
        ids[(mode == GenerationMode.Window ? Math.Max(0, place - Window) : 0)..place];

    private static LanguageModel Model(TokenizerKind kind) =>
        LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, Tokenizer.Create(Corpus, new() { Kind = kind, MinimumCount = 1 }), seed: 3);
}
