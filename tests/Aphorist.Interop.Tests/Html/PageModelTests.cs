using System.Text.Json.Nodes;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Interop.Tests.Html;

/// <summary>What the script of a page computes, against the library.</summary>
public sealed class PageModelTests
{
    private const double Tolerance = 2e-3;

    private static readonly ModelSpec
        Lstm = new() { HiddenSize = 48, Gates = GateActivation.Sigmoid },
        HardLstm = Lstm with { Gates = GateActivation.HardSigmoid },
        Gru = new() { HiddenSize = 48, Architecture = Architecture.Gru },
        GruBefore = Gru with { ResetGate = ResetGate.Before },
        Rnn = new() { HiddenSize = 48, Architecture = Architecture.Rnn },
        Convolution = new() { HiddenSize = 32, Architecture = Architecture.Convolution },
        All = new() { HiddenSize = 32, EmbeddingSize = 32, TiedEmbedding = true, LayerNormalization = true },
        AllGru = All with { Architecture = Architecture.Gru },
        Relu = Rnn with { Activation = Activation.Relu };

    // Trained for a few seconds on the built-in fables: the corpus, the tokens, the shape and how it learns.
    private static readonly Dictionary<string, (string Corpus, TokenizerKind Tokens, ModelSpec Spec, Objective Objective)> Trained = new()
    {
        ["LSTM, windows, hard gates"] = ("fables", TokenizerKind.Characters, HardLstm with { Window = 20 }, Objective.Windows),
        ["GRU, stream"] = ("fables", TokenizerKind.Characters, Gru, Objective.Stream),
        ["convolution, windows"] = ("fables", TokenizerKind.Characters, Convolution with { Layers = 4, Window = 12 }, Objective.Windows),
        ["RNN, stream"] = ("fables", TokenizerKind.Characters, Rnn, Objective.Stream),
        ["LSTM, words"] = ("fables", TokenizerKind.Words, All, Objective.Stream),
        ["LSTM, Chinese"] = ("fables-zh", TokenizerKind.Characters, Lstm, Objective.Stream),
        ["GRU, Chinese bytes, windows"] = ("fables-zh", TokenizerKind.Bytes, GruBefore with { Window = 20 }, Objective.Windows),
    };

    // Random weights, so that every option counts.
    private static readonly Dictionary<string, (ModelSpec Spec, GenerationMode Mode)> Shapes = new()
    {
        ["LSTM, 4 layers, all options"] = (All with { Layers = 4, Residual = true }, GenerationMode.Stateful),
        ["LSTM, 4 layers, all options, windows"] = (All with { Layers = 4, Residual = true, Window = 9 }, GenerationMode.Window),
        ["LSTM, hard gates, one unit"] = (new() { HiddenSize = 1 }, GenerationMode.Stateful),
        ["LSTM, odd sizes, embedding"] = (Lstm with { HiddenSize = 7, EmbeddingSize = 5, Layers = 3 }, GenerationMode.Stateful),
        ["GRU, hard gates, 2 layers"] = (Gru with { Layers = 2, Gates = GateActivation.HardSigmoid }, GenerationMode.Stateful),
        ["GRU, reset before, hard gates, windows"] = (
            GruBefore with { Layers = 2, Gates = GateActivation.HardSigmoid, Window = 7 }, GenerationMode.Window),
        ["GRU, reset before, all options"] = (
            AllGru with { ResetGate = ResetGate.Before, Layers = 3, Residual = true }, GenerationMode.Stateful),
        ["RNN, relu, residual, windows of 1"] = (
            Relu with { Layers = 2, Residual = true, LayerNormalization = true, Window = 1 }, GenerationMode.Window),
        ["RNN, tanh, embedding"] = (Rnn with { Layers = 4, EmbeddingSize = 6 }, GenerationMode.Stateful),
        ["convolution, 1 layer"] = (Convolution, GenerationMode.Stateful),
        ["convolution, kernels of 3, all options"] = (
            All with { Architecture = Architecture.Convolution, Layers = 3, KernelSize = 3 }, GenerationMode.Stateful),
        ["convolution, embedding, windows"] = (Convolution with { Layers = 5, EmbeddingSize = 5, Window = 10 }, GenerationMode.Window),
    };

    public static TheoryData<string> TrainedNames => [.. Trained.Keys];

    public static TheoryData<string> ShapeNames => [.. Shapes.Keys];

    [Theory]
    [MemberData(nameof(ShapeNames))]
    public void Probabilities_EveryShape_AreThoseOfTheLibrary(string name)
    {
        (ModelSpec spec, GenerationMode mode) = Shapes[name];
        LanguageModel model = LanguageModel.Create(spec, CharacterTokenizer.FromCharacters("\n abcdefghijklmnopé中\U0001F600"), seed: 3);
        Random random = new(5);
        foreach (ParameterTensor tensor in model.Parameters.Tensors)
            foreach (ref float value in model.Parameters.GetValues(tensor)) value += 0.6f * (random.NextSingle() - 0.5f);
        model.TrainedMode = mode;
        AssertSameProbabilities(model, [.. Enumerable.Range(0, 60).Select(_ => random.Next(model.Tokenizer.VocabularySize))]);
    }

    [Theory]
    [MemberData(nameof(TrainedNames))]
    public async Task TrainedModel_ProbabilitiesAndGreedyTexts_AreThoseOfTheLibrary(string name)
    {
        (LanguageModel model, Corpus corpus) = await TrainAsync(name);
        string text = corpus.EnumerateBlocks().First();
        AssertSameProbabilities(model, model.Tokenizer.Encode(text[2000..2300]));

        GenerationOptions greedy = new() { Temperature = 0, MaxTokens = 400 };
        string[] prompts = ["", text[..30], text[1000..1100], text[5000..5040]];
        JsonNode[] texts = PageRun.Call(model, [.. prompts.Select(prompt => Write(prompt, greedy, 0))]);
        bool[] wholes = [.. prompts.Zip(texts, (prompt, actual) => AssertSameGreedyText(model, prompt, greedy, (string)actual!))];
        // Otherwise the texts would be compared up to a tie only.
        Assert.Contains(true, wholes);
    }

    [Theory]
    [InlineData(0xE4)]
    [InlineData(0x80)]
    [InlineData(0xF0)]
    public void Write_BytesWithAnUnfinishedCharacter_EndsAsTheTextOfTheLibrary(int favourite)
    {
        Tokenizer tokenizer = Tokenizer.Create(Corpus.FromText("a"), new() { Kind = TokenizerKind.Bytes });
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 2 }, tokenizer);
        model.Parameters.GetValues(model.Parameters.Tensors.Single(tensor => tensor.Name == "decoder.bias"))[favourite] = 100;
        GenerationOptions greedy = new() { Temperature = 0, MaxTokens = 5 };
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        Assert.Equal(new TextGenerator(model).Generate("a", greedy, cancelled), (string)PageRun.Call(model, Write("a", greedy, 0))[0]!);
    }

    [Fact]
    public async Task Sampling_EveryFilter_DrawsTheTextOfTheLibrary()
    {
        (LanguageModel model, _) = await TrainAsync("GRU, stream");
        GenerationOptions[] options =
        [
            new() { Temperature = 1 },
            new() { Temperature = 1, TopK = model.Tokenizer.VocabularySize },
            new() { Temperature = 0.7, TopK = 5 },
            new() { Temperature = 1.5, TopP = 0.9 },
            new() { Temperature = 1, MinP = 0.05 },
            new() { Temperature = 0.9, TopK = 20, TopP = 0.95, MinP = 0.01 },
        ];
        ulong[] seeds = [0, 1, 12345678901234567890, ulong.MaxValue];
        (GenerationOptions Option, ulong Seed)[] cases =
            [.. from option in options from seed in seeds select (option with { MaxTokens = 60, Seed = seed }, seed)];
        JsonNode[] texts = PageRun.Call(model, [.. cases.Select(one => Write("A fox", one.Option, one.Seed))]);
        TextGenerator generator = new(model);
        // The weights are rounded, so a draw near the border of two tokens can differ, and the rest of that text with it.
        int same = cases.Zip(texts).Count(pair => generator.Generate("A fox", pair.First.Option) == (string)pair.Second!);
        Assert.InRange(same, cases.Length - 2, cases.Length);
    }

    [Theory]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Bytes)]
    public void Encode_AnyText_GivesTheIdsOfTheLibrary(TokenizerKind kind)
    {
        const string Text = "Don't stop, now: it's 42° in Zürich’s café. 中文 ฉันรัก ไทย нет\u200Dда " +
            "e\u0301te\u0301 1st 2nd\n\n  two  spaces 'quoted' end' \U0001F600x";
        Corpus corpus = Corpus.FromText(Text, normalization: new(Lowercase: true));
        Tokenizer tokenizer = Tokenizer.Create(corpus, new() { Kind = kind, MinimumCount = 1 });
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 2 }, tokenizer);
        string[] texts =
        [
            Text, Text.ToUpperInvariant(), "a\r\nb\rc", "İSTANBUL ΟΔΟΣ ΣΑΣ", "unknown words stop unknown", "half \uD800 pair", "",
            "  stop ' stop'", "\uFFFD",
        ];
        JsonNode[] results = PageRun.Call(model, [.. texts.Select(text => new JsonObject { ["kind"] = "encode", ["text"] = text })]);
        foreach ((string text, JsonNode result) in texts.Zip(results))
        {
            string normalized = tokenizer.Normalization.Apply(text);
            // Words and bytes know every text.
            int[] expected = kind == TokenizerKind.Characters
                ? tokenizer.EncodeSkippingUnknown(normalized, out _)
                : tokenizer.Encode(normalized);
            Assert.Equal(expected, result["ids"]!.AsArray().Select(id => (int)id!));
        }
    }

    /// <summary>
    /// Compares a text up to the first place where the model itself hardly prefers one of two tokens. Few texts have such a place.
    /// </summary>
    /// <returns>Whether the whole text was compared.</returns>
    private static bool AssertSameGreedyText(LanguageModel model, string prompt, GenerationOptions options, string actual)
    {
        const double Tie = 1e-4;
        string expected = "";
        bool isCertain = true;
        foreach (ScoredToken token in new TextGenerator(model).StreamTokens(prompt, options, alternatives: 3))
        {
            // The unknown token is never chosen.
            TokenCandidate[] best = [.. token.Alternatives.Where(one => one.Id != model.Tokenizer.UnknownTokenId)];
            isCertain &= Math.Log(best[0].Probability / best[1].Probability) > Tie;
            if (isCertain) expected += token.Text;
        }

        Assert.NotEmpty(expected);
        Assert.StartsWith(expected, actual, StringComparison.Ordinal);
        if (isCertain) Assert.Equal(new TextGenerator(model).Generate(prompt, options), actual);
        return isCertain;
    }

    private static JsonObject Write(string prompt, GenerationOptions options, ulong seed) => new()
    {
        ["kind"] = "write",
        ["prompt"] = prompt,
        ["count"] = options.MaxTokens,
        ["seed"] = $"{seed}",
        ["temperature"] = options.Temperature,
        ["topK"] = options.TopK,
        ["topP"] = options.TopP,
        ["minP"] = options.MinP,
    };

    private static void AssertSameProbabilities(LanguageModel model, int[] ids)
    {
        JsonObject call = new() { ["kind"] = "score", ["ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]) };
        JsonArray positions = PageRun.Call(model, call)[0].AsArray();
        using GenerationSession session = new TextGenerator(model).CreateSession();
        for (int position = 0; position <= ids.Length; position++)
        {
            double[] expected = [.. session.Predict().LogProbabilities.ToArray().Select(Math.Exp)];
            double[] actual = [.. positions[position]!.AsArray().Select(probability => (double)probability!)];
            double worst = expected.Zip(actual, (left, right) => Math.Abs(left - right)).Max();
            Assert.True(worst <= Tolerance, $"After {position} tokens, a probability differs by {worst}.");
            if (position < ids.Length) session.Append(ids[position]);
        }
    }

    private static async Task<(LanguageModel Model, Corpus Corpus)> TrainAsync(string name)
    {
        (string source, TokenizerKind kind, ModelSpec spec, Objective objective) = Trained[name];
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Corpus whole = await Corpus.OpenAsync(source, cancellationToken: cancellation);
        string text = whole.EnumerateBlocks().First();
        Corpus corpus = Corpus.FromText(text[..Math.Min(text.Length, 60_000)]);
        LanguageModel model = LanguageModel.Create(spec, Tokenizer.Create(corpus, new() { Kind = kind, VocabularySize = 600 }), seed: 1);
        TrainingOptions options = TrainingOptions.Quick with
        {
            Objective = objective,
            Epochs = 1,
            TimeBudget = null,
            Stride = 5,
            Dropout = 0,
            Schedule = LearningRateSchedule.Constant,
            WarmupSteps = 0,
            ValidationShare = 0,
        };
        await foreach (TrainingEvent _ in new Trainer(model, corpus, options).RunAsync(cancellation)) { }
        return (model, corpus);
    }
}
