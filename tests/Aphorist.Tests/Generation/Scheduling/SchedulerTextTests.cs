using System.Text;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation.Scheduling;

/// <summary>A scheduler returns the texts that a generator returns, whatever else runs.</summary>
public sealed class SchedulerTextTests
{
    private static readonly Corpus Corpus = Corpus.FromText(
        "the cat, the hen and the caf\u00e9: \u4e2d\U0001F600. ", normalization: new(Lowercase: true));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Kinds => [.. Enumerable.Range(0, 2 * LayerKinds.All.Count)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Submit_MixedTextsOfEveryArchitecture_ReturnsTheTextsOfGenerate(int kind)
    {
        ModelSpec spec = LayerKinds.All[kind % LayerKinds.All.Count] with { Layers = 2, HiddenSize = 21, EmbeddingSize = 5, Window = 6 };
        LanguageModel model = ModelPair.Random(kind < LayerKinds.All.Count ? spec : LayerKinds.Connect(spec), 13, deviation: 0.7).Engine;
        foreach (GenerationMode mode in Enum.GetValues<GenerationMode>())
        {
            await using GenerationScheduler scheduler = new(model, new() { Mode = mode, MaxRunningTexts = 40 });
            TextGenerator generator = new(model, mode, threads: 1);
            // 120 texts of three clients share 40 slots, so that texts wait, are paused and are moved.
            await Task.WhenAll(Enumerable.Range(0, 120).Select(number => CompareAsync(scheduler, generator, number)));
            Assert.Equal((0, 0, 0), (scheduler.RunningTexts, scheduler.QueuedTexts, scheduler.ParkedTexts));
        }
    }

    [Theory]
    [InlineData(TokenizerKind.Characters, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Words, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Bytes, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Characters, GenerationMode.Window)]
    [InlineData(TokenizerKind.Bytes, GenerationMode.Window)]
    public async Task Submit_WithScores_ReturnsTheTokensOfStreamTokensAndScore(TokenizerKind kind, GenerationMode mode)
    {
        LanguageModel model = Model(kind);
        TextGenerator generator = new(model, mode);
        const string Prompt = "the hen, the cat";
        GenerationOptions options = new() { MaxTokens = 60, Seed = 3, StopSequences = ["he"], MinTokens = 8 };
        await using GenerationScheduler scheduler = new(model, new() { Mode = mode });
        (List<ScoredToken> prompt, List<ScoredToken> tokens, string text) = await ReadAsync(
            scheduler.Submit(new GenerationRequest { Prompt = Prompt, Options = options, Alternatives = 3, ScorePrompt = true }));
        AssertEqual(generator.Score(Prompt, new() { Alternatives = 3 }, Token).Tokens, prompt);
        AssertEqual([.. generator.StreamTokens(Prompt, options, alternatives: 3, Token)], tokens);
        Assert.Equal(generator.Generate(Prompt, options, Token), text);
        Assert.Equal(text, string.Concat(tokens.Select(token => token.Text)));
    }

    [Fact]
    public async Task Submit_ScoredPromptOfAModelTrainedOnWindows_IsScoredStatefully()
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        model.TrainedMode = GenerationMode.Window;
        TextGenerator generator = new(model);
        await using GenerationScheduler scheduler = new(model, new() { MaxRunningTexts = 3 });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async number =>
        {
            // Shorter and longer than the window of 7.
            string text = "the hen, the cat"[..(number + 3)];
            GenerationOptions options = new() { MaxTokens = 20, Seed = (ulong)number };
            (List<ScoredToken> prompt, List<ScoredToken> tokens, _) = await ReadAsync(scheduler.Submit(
                new GenerationRequest { Prompt = text, Options = options, Alternatives = 2, ScorePrompt = number % 4 > 0 }));
            if (number % 4 > 0) AssertEqual(generator.Score(text, new() { Alternatives = 2 }, Token).Tokens, prompt);
            AssertEqual([.. generator.StreamTokens(text, options, alternatives: 2, Token)], tokens);
        }));
    }

    [Fact]
    public async Task Submit_UnknownWordInScoredPrompt_HasItsSpelling()
    {
        LanguageModel model = LanguageModel.Create(
            new ModelSpec { HiddenSize = 9, EmbeddingSize = 4 }, WordTokenizer.Create(Corpus.FromText("the the the cat"), minimumCount: 2));
        await using GenerationScheduler scheduler = new(model);
        (List<ScoredToken> prompt, _, _) = await ReadAsync(scheduler.Submit(
            new GenerationRequest { Prompt = "the dog", Options = new() { MaxTokens = 0 }, Alternatives = 0, ScorePrompt = true }));
        AssertEqual(new TextGenerator(model).Score("the dog", new() { Alternatives = 0 }, Token).Tokens, prompt);
        Assert.Contains(prompt, token => token.SpellingLoss > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Submit_MaxTokensZero_ReturnsOnlyThePrompt(bool scores)
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        await using GenerationScheduler scheduler = new(model);
        ScheduledText submitted = scheduler.Submit(new GenerationRequest
        {
            Prompt = "the cat",
            Options = new() { MaxTokens = 0 },
            Alternatives = scores ? 0 : null,
            ScorePrompt = scores,
        });
        (List<ScoredToken> prompt, List<ScoredToken> tokens, string text) = await ReadAsync(submitted);
        Assert.Equal((scores ? 7 : 0, 0, ""), (prompt.Count, tokens.Count, text));
        Assert.Equal((7, 0), (submitted.PromptTokens, submitted.GeneratedTokens));
    }

    [Fact]
    public async Task Submit_PromptIds_AreThePrompt()
    {
        LanguageModel model = Model(TokenizerKind.Bytes);
        await using GenerationScheduler scheduler = new(model);
        GenerationOptions options = new() { MaxTokens = 30, Seed = 1 };
        int[] ids = model.Tokenizer.Encode("the cat");
        (_, _, string text) = await ReadAsync(scheduler.Submit(new GenerationRequest { PromptIds = ids, Options = options }));
        Assert.Equal(new TextGenerator(model).Generate("the cat", options, Token), text);
        Assert.Throws<ArgumentOutOfRangeException>(() => scheduler.Submit(new GenerationRequest { PromptIds = [0, 10_000] }));
    }

    [Fact]
    public async Task Submit_TwoModelsWithTheSameThreads_ReturnTheirTexts()
    {
        LanguageModel[] models = [Model(TokenizerKind.Characters, seed: 1), Model(TokenizerKind.Words, seed: 2)];
        GenerationOptions options = new() { MaxTokens = 300, Seed = 9 };
        using GenerationThreads threads = new(2);
        await using GenerationScheduler first = new(models[0], threads: threads), second = new(models[1], threads: threads);
        string[] texts = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(number => (number % 2 == 0 ? first : second).GenerateAsync("the", options, Token)));
        for (int number = 0; number < texts.Length; number++)
            Assert.Equal(new TextGenerator(models[number % 2]).Generate("the", options, Token), texts[number]);
    }

    [Fact]
    public async Task Submit_InvalidRequests_ThrowAndLeaveNothingBehind()
    {
        await using GenerationScheduler scheduler = new(Model(TokenizerKind.Characters));
        GenerationRequest valid = new() { Prompt = "the" };
        Assert.Throws<UnknownCharacterException>(() => scheduler.Submit([valid, valid with { Prompt = "?" }]));
        Assert.Throws<InvalidOptionsException>(() => scheduler.Submit([valid, valid with { Options = new() { TopK = 1000 } }]));
        Assert.Throws<InvalidOptionsException>(() => scheduler.Submit(valid with { ScorePrompt = true }));
        await Assert.ThrowsAsync<InvalidOptionsException>(() => scheduler.GenerateAsync("", new() { MaxTokens = null }, Token));
        Assert.Equal((0, 0, 0), (scheduler.RunningTexts, scheduler.QueuedTexts, scheduler.ParkedTexts));
    }

    private static async Task CompareAsync(GenerationScheduler scheduler, TextGenerator generator, int number)
    {
        string prompt = generator.Tokenizer.Decode([.. Enumerable.Range(0, number % 11).Select(slot => (number * 7 + slot * 3) % 13)]);
        GenerationOptions options = new()
        {
            MaxTokens = 20 + number * 37 % 90,
            MinTokens = number % 3,
            StopSequences = number % 2 == 0 ? [] : [generator.Tokenizer.Decode([number % 13, 3]), generator.Tokenizer.Decode([5])],
            Temperature = number % 5,
            TopP = number % 4 == 0 ? 0.9 : 1,
            TopK = number % 7,
            RepetitionPenalty = number % 3 == 0 ? 1.2 : 1,
            PresencePenalty = number % 6 == 0 ? -0.5 : 0,
            PenaltyWindow = 5,
            LogitBiasById = number % 8 == 0 ? new Dictionary<int, double> { [number % 13] = 2 } : new Dictionary<int, double>(),
            Seed = (ulong)number,
        };
        GenerationRequest request = new() { Prompt = prompt, Options = options, Client = $"client {number % 50 / 20}" };
        if (number % 9 == 0)
        {
            // Some readers leave at once.
            using ScheduledText left = scheduler.Submit(request with { Options = new() { MaxTokens = null } });
            left.Dispose();
            await foreach (TextPiece piece in left.WithCancellation(Token)) Assert.Null(piece.FinishReason);
            return;
        }

        (_, _, string text) = await ReadAsync(scheduler.Submit(request));
        Assert.Equal(generator.Generate(prompt, options, Token), text);
    }

    private static async Task<(List<ScoredToken> Prompt, List<ScoredToken> Tokens, string Text)> ReadAsync(ScheduledText submitted)
    {
        List<ScoredToken> prompt = [], tokens = [];
        StringBuilder text = new();
        FinishReason? reason = null;
        await foreach (TextPiece piece in submitted.WithCancellation(Token))
        {
            Assert.Null(reason);
            (piece.IsPrompt ? prompt : tokens).AddRange(piece.Tokens);
            if (!piece.IsPrompt) text.Append(piece.Text);
            reason = piece.FinishReason;
        }

        Assert.NotNull(reason);
        return (prompt, tokens, text.ToString());
    }

    private static void AssertEqual(IReadOnlyList<ScoredToken> expected, IReadOnlyList<ScoredToken> actual)
    {
        Assert.Equal(expected.Select(token => token with { Alternatives = [] }), actual.Select(token => token with { Alternatives = [] }));
        Assert.Equal(expected.SelectMany(token => token.Alternatives), actual.SelectMany(token => token.Alternatives));
    }

    private static LanguageModel Model(TokenizerKind kind, ulong seed = 1) => LanguageModel.Create(
        new ModelSpec { HiddenSize = 17, EmbeddingSize = 6, Window = 7 }, Tokenizer.Create(Corpus, new() { Kind = kind }), seed);
}
