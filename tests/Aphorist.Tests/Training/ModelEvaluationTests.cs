using System.Text;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class ModelEvaluationTests
{
    private static readonly Corpus Corpus = Corpus.FromText("the caf\u00e9 and the hen, the caf\u00e9 and \u4e2d\U0001F600. ");

    [Fact]
    public void Evaluate_Characters_CountsEveryPredictionAsOne()
    {
        Evaluation evaluation = Model(TokenizerKind.Characters).Evaluate(Corpus, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Corpus.CharacterCount - 1, evaluation.Characters);
        Assert.Equal(evaluation.Count, evaluation.Characters);
        Assert.Equal(evaluation.BitsPerToken, evaluation.BitsPerCharacter, 1e-12);
    }

    [Theory]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Evaluate_Stream_CountsTheCharactersOfAllTokensButTheFirst(TokenizerKind kind)
    {
        LanguageModel model = Model(kind);
        int[] ids = model.Tokenizer.Encode(Corpus.Text);
        Evaluation evaluation = model.Evaluate(Corpus, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ids.Length - 1, evaluation.Count);
        Assert.Equal(Corpus.CharacterCount - model.Tokenizer.CountCharacters(ids.AsSpan(0, 1)), evaluation.Characters);
        Assert.NotEqual(evaluation.Count, evaluation.Characters);
        Assert.Equal(evaluation.TotalLoss / Math.Log(2) / evaluation.Characters, evaluation.BitsPerCharacter, 1e-12);
    }

    [Theory]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Evaluate_Windows_CountsTheCharactersOfThePredictedTokens(TokenizerKind kind)
    {
        LanguageModel model = Model(kind);
        int[] ids = model.Tokenizer.Encode(Corpus.Text);
        int[] predicted = [.. Enumerable.Range(0, ids.Length).Where(place =>
            place >= model.Spec.Window && (place - model.Spec.Window) % 2 == 0).Select(place => ids[place])];
        Evaluation evaluation = model.Evaluate(
            Corpus, new() { Objective = Objective.Windows, Stride = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal((predicted.Length, model.Tokenizer.CountCharacters(predicted)), (evaluation.Count, evaluation.Characters));
    }

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public void Evaluate_Cancelled_Stops(Objective objective) => Assert.ThrowsAny<OperationCanceledException>(
        () => Model(TokenizerKind.Characters).Evaluate(Corpus, new() { Objective = objective }, new CancellationToken(canceled: true)));

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public void Evaluate_SkippingUnknownCharacters_EvaluatesTheOthersAndCountsThem(Objective objective)
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        Corpus foreign = Corpus.FromText("the \u20ac caf\u00e9 and the\u00a3\u00a3 hen, ");
        EvaluationOptions skipping = new() { Objective = objective, UnknownCharacters = UnknownCharacterPolicy.Skip };

        Evaluation evaluation = model.Evaluate(foreign, skipping, TestContext.Current.CancellationToken);

        Evaluation known = model.Evaluate(Corpus.FromText("the  caf\u00e9 and the hen, "), skipping, TestContext.Current.CancellationToken);
        Assert.Equal((0L, 3L), (known.SkippedCharacters, evaluation.SkippedCharacters));
        // The tokens after the skipped characters are 4, 17 and 17. Windows of 4 with a stride of 3 predict 4, 7, 10, ...
        int charged = objective == Objective.Stream ? 3 : 1;
        double cost = charged * SpellingModel.Uniform.GetLoss("\u20ac");
        Assert.Equal(
            known with { SkippedCharacters = 3, Characters = known.Characters + charged, SpellingLoss = cost }, evaluation);
        Assert.True(evaluation.BitsPerCharacter > known.BitsPerCharacter);
        EvaluationOptions strict = skipping with { UnknownCharacters = UnknownCharacterPolicy.Error };
        Assert.Throws<UnknownCharacterException>(() => model.Evaluate(foreign, strict, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public async Task Evaluate_SkippingUnknownCharactersOfACachedText_IsWhatItIsInMemory(Objective objective)
    {
        using TemporaryFolder folder = new();
        string path = folder.Write("text.txt", string.Concat(Enumerable.Repeat("\u20acthe \u20ac caf\u00e9 and\U0001F601 the hen, ", 900)));
        CorpusOptions cached = new() { MaxInMemoryBytes = 0, CacheFolder = folder["cache"] };
        EvaluationOptions options = new() { Objective = objective, TailShare = 0.7, UnknownCharacters = UnknownCharacterPolicy.Skip };
        LanguageModel model = Model(TokenizerKind.Characters);
        CancellationToken token = TestContext.Current.CancellationToken;
        Corpus onDisk = await Corpus.OpenAsync(path, cached, cancellationToken: token);

        Evaluation expected = model.Evaluate(await Corpus.OpenAsync(path, cancellationToken: token), options, token);

        Assert.False(onDisk.IsInMemory);
        CharacterTokenizer tokenizer = (CharacterTokenizer)model.Tokenizer;
        int length = onDisk.EnumerateBlocks().Sum(block => block.EnumerateRunes().Count(one => tokenizer.GetId(one) >= 0));
        int windows = 1 + ((length - 5) / 3);
        int begin = objective == Objective.Stream ? (int)(length * (1 - 0.7)) : 3 * (int)(windows * (1 - 0.7)), place = 0;
        Dictionary<Rune, long> skipped = [];
        foreach (Rune one in string.Concat(onDisk.EnumerateBlocks()).EnumerateRunes())
        {
            if (tokenizer.GetId(one) >= 0) place++;
            else if (place >= begin) skipped[one] = skipped.GetValueOrDefault(one) + 1;
        }

        Assert.InRange(skipped.Values.Sum(), 1800, 1950);
        Assert.Equal(skipped.Values.Sum(), expected.SkippedCharacters);
        Assert.Equal(
            skipped.OrderByDescending(one => one.Value).Select(one => new CharacterFrequency(one.Key, one.Value)),
            model.CountSkippedCharacters(onDisk, options, token));
        Assert.Equal(expected, model.Evaluate(onDisk, options, token));
        Assert.Equal(expected, model.Evaluate(onDisk, options, token));
    }

    [Fact]
    public void CountUnknownCharacters_OfEachTokenizer_CountsWhatOnlyCharacterTokenizersLack()
    {
        Corpus foreign = Corpus.FromText("the \u20ac hen\U0001F601\u20ac\u20ac");
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Equal(
            [new(new Rune(0x20AC), 3), new(new Rune(0x1F601), 1)],
            foreign.CountUnknownCharacters(Model(TokenizerKind.Characters).Tokenizer, token));
        Assert.Empty(Corpus.CountUnknownCharacters(Model(TokenizerKind.Characters).Tokenizer, token));
        Assert.Empty(foreign.CountUnknownCharacters(Model(TokenizerKind.Words).Tokenizer, token));
        Assert.Empty(foreign.CountUnknownCharacters(Model(TokenizerKind.Bytes).Tokenizer, token));
    }

    [Fact]
    public void Evaluate_TextTooShort_SaysSo()
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        Assert.Throws<CorpusException>(
            () => model.Evaluate(Corpus.FromText("t"), cancellationToken: TestContext.Current.CancellationToken));
        EvaluationOptions windows = new() { Objective = Objective.Windows };
        Assert.Throws<CorpusException>(() => model.Evaluate(Corpus.FromText("the "), windows, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Evaluate_OptionOutOfRange_IsNamed()
    {
        AssertNamed("Stride", new() { Stride = 0 });
        AssertNamed("TailShare", new() { TailShare = 0 });
        AssertNamed("Threads", new() { Threads = -1 });

        static void AssertNamed(string property, EvaluationOptions options) =>
            Assert.Equal(property, Assert.Throws<InvalidOptionsException>(
            () => Model(TokenizerKind.Characters).Evaluate(Corpus, options, TestContext.Current.CancellationToken)).PropertyName);
    }

    [Fact]
    public void Add_TwoEvaluations_SumsEverything() => Assert.Equal(
        new Evaluation(5, 7, 9, 11) { SkippedCharacters = 3, UnknownTokens = 5, SpellingLoss = 7 },
        Evaluation.Add(
            new(1, 2, 3, 4) { SkippedCharacters = 1, UnknownTokens = 2, SpellingLoss = 3 },
            new(4, 5, 6, 7) { SkippedCharacters = 2, UnknownTokens = 3, SpellingLoss = 4 }));

    public static TheoryData<Objective, double> Parts => new()
    {
        { Objective.Stream, 1 }, { Objective.Stream, 0.3 }, { Objective.Windows, 1 }, { Objective.Windows, 0.3 },
    };

    [Theory]
    [MemberData(nameof(Parts))]
    public async Task Evaluate_UnknownWords_CostTheirSpelling(Objective objective, double share)
    {
        const string line = "the caf\u00e9 and the hen, the \U0001F600caf\u00e9 saw 4 hens \uFFFD in a house.\n";
        string text = string.Concat(Enumerable.Repeat(line, 9));
        Corpus corpus = Corpus.FromText(text);
        WordTokenizer tokenizer = WordTokenizer.Create(corpus, vocabularySize: 5);
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5, Window = 4 }, tokenizer, seed: 1);
        EvaluationOptions options = new() { Objective = objective, Stride = 2, TailShare = share };

        Evaluation evaluation = model.Evaluate(corpus, options, TestContext.Current.CancellationToken);

        // The text of every token, and whether it is predicted.
        List<string> words = [];
        int[] ids = tokenizer.Encode(text, words);
        Queue<string> unknown = new(words);
        string[] texts = [.. ids.Select(id => id == WordTokenizer.UnknownId ? unknown.Dequeue() : tokenizer.Tokens[id])];
        Assert.Equal(text, string.Concat(texts));
        int windows = 1 + ((ids.Length - 5) / 2), window = (int)(windows * (1 - share));
        int first = objective == Objective.Stream ? 1 + (int)(ids.Length * (1 - share)) : (window * 2) + 4;
        int step = objective == Objective.Stream ? 1 : 2;
        int[] predicted = [.. Enumerable.Range(0, ids.Length).Where(place => place >= first && (place - first) % step == 0)];
        string[] missing = [.. predicted.Where(place => ids[place] == WordTokenizer.UnknownId).Select(place => texts[place])];
        Assert.Equal(predicted.Length, evaluation.Count);
        Assert.Equal(predicted.Sum(place => texts[place].EnumerateRunes().Count()), evaluation.Characters);
        Assert.Equal(missing.Length, evaluation.UnknownTokens);
        Assert.Equal((double)missing.Length / predicted.Length, evaluation.UnknownShare);
        double spelling = missing.Sum(tokenizer.Spelling.GetLoss);
        Assert.Equal(spelling, evaluation.SpellingLoss, 1e-9);
        Assert.Equal((evaluation.TotalLoss + spelling) / Math.Log(2) / evaluation.Characters, evaluation.BitsPerCharacter, 1e-12);
        Assert.Equal(evaluation.TotalLoss / evaluation.Count, evaluation.LossPerToken, 1e-12);

        // A text that is not in memory costs the same.
        using TemporaryFolder folder = new();
        CorpusOptions cached = new() { CacheFolder = folder["cache"], MaxInMemoryBytes = 0, BlockLength = 32 };
        Corpus large = await Corpus.OpenAsync(
            folder.Write("text.txt", text), cached, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(evaluation, model.Evaluate(large, options, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Evaluate_FewerKnownWords_CostMore()
    {
        string text = string.Concat(Enumerable.Repeat("the cat and the hen saw a red house, and the hen sat down.\n", 50));
        Corpus corpus = Corpus.FromText(text);
        double[] bits =
        [
            .. ((int[])[100, 12, 6, 2]).Select(size => Untrained(WordTokenizer.Create(corpus, size)).Evaluate(
                corpus, cancellationToken: TestContext.Current.CancellationToken).BitsPerCharacter),
        ];
        Assert.Equal(bits.Order(), bits);
        // A model of nothing but the unknown word and one character predicts no better than the frequencies of characters.
        Assert.True(bits[^1] > 3);

        // Tokens have their frequencies in the text as probabilities.
        LanguageModel Untrained(Tokenizer tokenizer)
        {
            LanguageModel model = LanguageModel.CreateEmpty(new() { HiddenSize = 1 }, tokenizer);
            Span<float> bias = model.Parameters.GetValues(model.Layout.DecoderBias);
            bias.Fill(MathF.Log(0.1f));
            int[] ids = tokenizer.Encode(text);
            foreach ((int id, int count) in ids.CountBy(id => id)) bias[id] = MathF.Log(count);
            return model;
        }
    }

    private static LanguageModel Model(TokenizerKind kind) =>
        LanguageModel.Create(
            new() { HiddenSize = 5, Window = 4 }, Tokenizer.Create(Corpus, new() { Kind = kind, MinimumCount = 1 }), seed: 1);
}
