using Aphorist.Reference;
using Aphorist.Tests.Model;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>Compares the scores of tokens with the reference, and the texts of tokens with the whole text.</summary>
public sealed class ScoreTests
{
    private const int Window = 5;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly Corpus Corpus = Corpus.FromText(
        "the cat, the hen and the caf\u00e9: \u4e2d\U0001F600. ", normalization: new(Lowercase: true));

    /// <summary>Knows "the", with and without a space, and the space.</summary>
    private static WordTokenizer SmallVocabulary { get; } = WordTokenizer.Create(Corpus.FromText("the the the cat"), minimumCount: 2);

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
    public void Score_EveryToken_EqualsTheReference(GenerationMode mode)
    {
        ModelPair pair = ModelPair.Random(13, 9, Window, GateActivation.Sigmoid, deviation: 0.7);
        int[] ids = [1, 5, 5, 12, 0, 3, 7, 7, 2, 11, 4];
        TextGenerator generator = new(pair.Engine, mode, threads: 2);
        TextScore score = generator.Score(pair.Engine.Tokenizer.Decode(ids), new() { Alternatives = 3 }, Token);

        Assert.Equal(ids, score.Tokens.Select(token => token.Id));
        double nats = 0;
        for (int place = 0; place < ids.Length; place++)
        {
            double[] expected = Softmax.Probabilities(pair.Reference.Logits(Seen(ids, place, mode)), 1);
            AssertScored(expected, score.Tokens[place], pair.Engine.Tokenizer);
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
        TextScore score = new TextGenerator(model).Score(Corpus.Text, new() { Alternatives = 0 }, Token);
        Evaluation evaluation = model.Evaluate(Corpus, cancellationToken: Token);

        Assert.Equal(evaluation.Count, score.Tokens.Count - 1);
        Assert.Equal(evaluation.Characters, score.CharacterCount - model.Tokenizer.CountCharacters([score.Tokens[0].Id]));
        double loss = score.TotalLoss + score.Tokens[0].LogProbability;
        Tolerance.AssertClose(evaluation.TotalLoss, loss, Tolerance.OfChain(model.Tokenizer.VocabularySize), 1, "nats", 0);
        Assert.Equal(evaluation.Correct, score.Tokens.Skip(1).Count(token => token.Rank == 1));
        Assert.Equal(Corpus.Text, string.Concat(score.Tokens.Select(token => token.Text)));
        Assert.All(score.Tokens, token => Assert.Equal(model.Tokenizer.GetDisplayText(token.Id), token.DisplayText));
    }

    [Fact]
    public void Score_BytesOfOneCharacter_GiveTheirTextToTheLast()
    {
        TextScore score = new TextGenerator(Model(TokenizerKind.Bytes)).Score("e\u00e9\U0001F600", cancellationToken: Token);
        Assert.Equal(["e", "", "\u00e9", "", "", "", "\U0001F600"], score.Tokens.Select(token => token.Text));
        Assert.Equal("\\xC3", score.Tokens[1].DisplayText);
        Assert.Equal(3, score.CharacterCount);
    }

    [Fact]
    public void ScoreTokens_LimitOfAlternatives_LaterTokensHaveNone()
    {
        TextGenerator generator = new(Model(TokenizerKind.Bytes));
        ScoredToken[] tokens = [.. generator.ScoreTokens([1, 2, 3, 4], new() { Alternatives = 2, MaxTokensWithAlternatives = 3 }, Token)];
        Assert.Equal([2, 2, 2, 0], tokens.Select(token => token.Alternatives.Count));
        TextScore score = generator.Score("\u0001\u0002\u0003\u0004", cancellationToken: Token);
        Assert.Equal(score.Tokens.Select(token => token.LogProbability), tokens.Select(token => token.LogProbability));
    }

    [Fact]
    public void Score_UnknownCharactersSkipped_ScoresTheRest()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        ScoreOptions options = new() { UnknownCharacters = UnknownCharacterPolicy.Skip };
        TextScore expected = generator.Score("the cat", cancellationToken: Token), score = generator.Score("#the# cat#", options, Token);
        Assert.Equal(7, score.CharacterCount);
        Assert.Equal(expected.TotalLoss, score.TotalLoss);
        Assert.Equal("the cat", string.Concat(score.Tokens.Select(token => token.Text)));
        Assert.Throws<ArgumentException>(() => generator.Score("##", options, Token));
        Assert.Equal((0, 3), (expected.SkippedCharacters, score.SkippedCharacters));
        double skipped = 3 * SpellingModel.Uniform.GetLoss("#");
        Assert.Equal((expected.TotalLoss + skipped) / Math.Log(2) / 10, score.BitsPerCharacter, 1e-9);
    }

    [Fact]
    public void ScoreTokens_UnknownCharactersOfACorpusSkipped_ScoresTheRest()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        Corpus corpus = Corpus.FromText("#the# cat#");
        ScoreOptions options = new() { UnknownCharacters = UnknownCharacterPolicy.Skip };
        Assert.Equal(
            generator.Score("the cat", cancellationToken: Token).Tokens.Select(token => (token.Text, token.LogProbability)),
            generator.ScoreTokens(corpus, options, Token).Select(token => (token.Text, token.LogProbability)));
        Assert.Throws<UnknownCharacterException>(() => generator.ScoreTokens(corpus, cancellationToken: Token).Count());
    }

    [Fact]
    public void ScoreTokens_UnknownWordsOfACorpusSkipped_AreStillUnknownTokens()
    {
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, SmallVocabulary, seed: 3));
        Corpus corpus = Corpus.FromText("the dromedary the");
        ScoreOptions options = new() { UnknownCharacters = UnknownCharacterPolicy.Skip };
        Assert.Equal(
            generator.ScoreTokens(corpus, cancellationToken: Token).Select(token => (token.Text, token.Bits)),
            generator.ScoreTokens(corpus, options, Token).Select(token => (token.Text, token.Bits)));
    }

    [Fact]
    public void Score_UnknownWordsSkipped_AreNotFree()
    {
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, SmallVocabulary, seed: 3));
        TextScore known = generator.Score("the the", cancellationToken: Token);
        TextScore score = generator.Score("the dromedary the", new() { UnknownCharacters = UnknownCharacterPolicy.Skip }, Token);
        Assert.Equal(("the the".Length, " dromedary".Length, 0), (score.CharacterCount, score.SkippedCharacters, score.UnknownTokens));
        Assert.True(score.BitsPerCharacter > known.BitsPerCharacter);
    }

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Score_UnknownWords_HaveTheirTextAndCostTheirSpelling(GenerationMode mode)
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, SmallVocabulary, seed: 3);
        TextGenerator generator = new(model, mode, threads: 1);
        const string text = "the cat and the \U0001F600, the dromedary.";

        TextScore score = generator.Score(text, cancellationToken: Token);

        Assert.Equal(text, string.Concat(score.Tokens.Select(token => token.Text)));
        Assert.Equal(text.EnumerateRunes().Count(), score.CharacterCount);
        ScoredToken[] unknown = [.. score.Tokens.Where(token => token.Id == WordTokenizer.UnknownId)];
        Assert.Equal(["cat", "and", "\U0001F600", ",", "dromedary", "."], unknown.Select(token => token.Text));
        Assert.Equal(6, score.UnknownTokens);
        Assert.All(unknown, token => Assert.Equal(SmallVocabulary.Spelling.GetLoss(token.Text), token.SpellingLoss));
        Assert.All(unknown, token => Assert.Equal("<unknown>", token.DisplayText));
        Assert.All(score.Tokens.Except(unknown), token => Assert.Equal(0, token.SpellingLoss));
        Assert.All(score.Tokens, token => Assert.Equal((token.SpellingLoss - token.LogProbability) / Math.Log(2), token.Bits, 1e-9));
        Assert.All(score.Tokens, token => Assert.InRange(
            token.ExpectedSpellingLoss, 1e-3 * SmallVocabulary.Spelling.ExpectedLoss, SmallVocabulary.Spelling.ExpectedLoss));
        Assert.All(
            score.Tokens, token => Assert.Equal((token.Entropy + token.ExpectedSpellingLoss) / Math.Log(2), token.ExpectedBits, 1e-9));
        double spelling = unknown.Sum(token => token.SpellingLoss);
        Assert.Equal((score.TotalLoss + spelling) / Math.Log(2) / score.CharacterCount, score.BitsPerCharacter, 1e-9);
        ScoredToken[] streamed = [.. generator.ScoreTokens(Corpus.FromText(text), cancellationToken: Token)];
        Assert.Equal(score.Tokens.Select(token => (token.Text, token.Bits)), streamed.Select(token => (token.Text, token.Bits)));
        // Ids alone do not have the words.
        ScoredToken[] ids = [.. generator.ScoreTokens(score.Tokens.Select(token => token.Id), cancellationToken: Token)];
        Assert.Equal(score.Tokens.Select(token => token.LogProbability), ids.Select(token => token.LogProbability));
        Assert.Equal(WordTokenizer.UnknownToken, ids.First(token => token.Id == WordTokenizer.UnknownId).Text);
    }

    [Fact]
    public void Score_UnknownWordsOfAText_AddUpToTheEvaluation()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, SmallVocabulary, seed: 3);
        TextScore score = new TextGenerator(model).Score("the " + Corpus.Text, cancellationToken: Token);
        Evaluation evaluation = model.Evaluate(Corpus.FromText("the " + Corpus.Text), cancellationToken: Token);
        Assert.Equal(
            (score.UnknownTokens, score.CharacterCount - score.Tokens[0].CharacterCount),
            (evaluation.UnknownTokens, evaluation.Characters));
        double bits = score.Tokens.Skip(1).Sum(token => token.Bits) / evaluation.Characters;
        Assert.Equal(bits, evaluation.BitsPerCharacter, 1e-4);
    }

    [Fact]
    public void ScoreTokens_IdThatDoesNotExist_Throws()
    {
        TextGenerator generator = new(Model(TokenizerKind.Bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => generator.ScoreTokens([1, 256], cancellationToken: Token).Count());
    }

    [Fact]
    public void Score_WrongArguments_Throw()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => generator.Score("", cancellationToken: Token));
        Assert.Equal("text", exception.ParamName);
        Assert.Throws<UnknownCharacterException>(() => generator.Score("the dog#", cancellationToken: Token));
        Assert.Throws<InvalidOptionsException>(() => generator.Score("the", new() { Alternatives = -1 }, Token));
    }

    [Theory]
    [MemberData(nameof(ModesAndTokens))]
    public void StreamTokens_AnyTokens_ReturnsTheTextOfGenerate(GenerationMode mode, TokenizerKind kind)
    {
        TextGenerator generator = new(Model(kind), mode, threads: 2);
        foreach (int length in (int[])[0, 1, 2, 40])
        {
            GenerationOptions options = new() { MaxTokens = length, Seed = 5, Temperature = 1.3, FrequencyPenalty = 0.2 };
            ScoredToken[] tokens = [.. generator.StreamTokens("The CAT", options, cancellationToken: Token)];
            Assert.Equal(length, tokens.Length);
            Assert.Equal(generator.Generate("The CAT", options, Token), string.Concat(tokens.Select(token => token.Text)));
        }
    }

    [Fact]
    public void StreamTokens_GeneratedText_HasTheScoresOfScore()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        ScoredToken[] written = [.. generator.StreamTokens(
            "the ", new() { MaxTokens = 30, Seed = 1, TopK = 2, BannedTokens = [" "] }, cancellationToken: Token)];
        string text = string.Concat(written.Select(token => token.Text));
        ScoredToken[] read = [.. generator.Score("the " + text, cancellationToken: Token).Tokens.Skip(4)];
        // The probabilities are those of the model, whatever the sampling options.
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
    public void StreamTokens_StopSequences_ReturnsTheTextOfGenerate(TokenizerKind kind)
    {
        TextGenerator generator = new(Model(kind));
        for (ulong seed = 0; seed < 40; seed++)
        {
            GenerationOptions options = new() { MaxTokens = 30, MinTokens = 3, StopSequences = ["t", "e ", "\u4e2d"], Seed = seed };
            ScoredToken[] tokens = [.. generator.StreamTokens("", options, cancellationToken: Token)];
            Assert.Equal(generator.Generate("", options, Token), string.Concat(tokens.Select(token => token.Text)));
        }
    }

    [Fact]
    public void StreamTokens_StopSequenceWithinTokens_CutsTheTokenAndLeavesOutTheNext()
    {
        WordTokenizer words = WordTokenizer.FromTokens([WordTokenizer.UnknownToken, "one", " two"]);
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[2] = 1000;
        TextGenerator generator = new(model);
        Assert.Equal([" "], TextsOf("two"));
        Assert.Equal([" tw"], TextsOf("o two t"));
        Assert.Empty(TextsOf(" two two"));

        IEnumerable<string> TextsOf(string stop) => generator
            .StreamTokens("", new() { MaxTokens = 5, StopSequences = [stop], Temperature = 0 }, cancellationToken: Token)
            .Select(token => token.Text);
    }

    [Fact]
    public void StreamTokens_BytesThatAreNoCharacter_GiveTheirTextToTheLast()
    {
        LanguageModel model = Model(TokenizerKind.Bytes);
        model.Parameters.Values.Clear();
        model.Parameters.GetValues(model.Layout.DecoderBias)[0xC3] = 1000;
        IEnumerable<ScoredToken> tokens = new TextGenerator(model).StreamTokens("", new() { MaxTokens = 3 }, cancellationToken: Token);
        Assert.Equal(["", "\uFFFD", "\uFFFD\uFFFD"], tokens.Select(token => token.Text));
    }

    [Fact]
    public void StreamTokens_WrongArguments_ThrowAtOnce()
    {
        TextGenerator generator = new(Model(TokenizerKind.Characters));
        Assert.Throws<ArgumentOutOfRangeException>(() => { generator.StreamTokens("", alternatives: -1, cancellationToken: Token); });
        Assert.Throws<UnknownCharacterException>(() => { generator.StreamTokens("#", cancellationToken: Token); });
    }

    private static void AssertScored(double[] expected, ScoredToken token, Tokenizer tokenizer)
    {
        Assert.Equal(Math.Log(expected[token.Id]), token.LogProbability, 1e-5);
        Assert.Equal(-Math.Log2(expected[token.Id]), token.Bits, 1e-5);
        Assert.Equal(1 + expected.Count(other => other > expected[token.Id]), token.Rank);
        Assert.Equal(-expected.Sum(p => p * Math.Log(p)), token.Entropy, 1e-5);
        int[] mostLikely = [.. Enumerable.Range(0, expected.Length).OrderByDescending(id => expected[id]).Take(3)];
        Assert.Equal(mostLikely, token.Alternatives.Select(alternative => alternative.Id));
        foreach (TokenCandidate alternative in token.Alternatives)
        {
            Assert.Equal(expected[alternative.Id], alternative.Probability, 1e-5);
            Assert.Equal(tokenizer.GetDisplayText(alternative.Id), alternative.DisplayText);
        }
    }

    /// <summary>The tokens that the model has read before a place.</summary>
    private static int[] Seen(int[] ids, int place, GenerationMode mode) =>
        ids[(mode == GenerationMode.Window ? Math.Max(0, place - Window) : 0)..place];

    private static LanguageModel Model(TokenizerKind kind)
    {
        Tokenizer tokenizer = Tokenizer.Create(Corpus, new() { Kind = kind, MinimumCount = 1 });
        return LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, tokenizer, seed: 3);
    }
}
