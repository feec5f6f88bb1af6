using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Aphorist.Training;

namespace Aphorist.Distributed.Worker;

/// <summary>A training of about 50 steps whose result must not depend on the number of processes and threads.</summary>
/// <param name="Name">The name.</param>
/// <param name="Model">The shape of the model.</param>
/// <param name="Training">The training options.</param>
/// <param name="Tokenizer">The kind of tokenizer.</param>
/// <param name="TextLength">The length of the corpus in UTF-16 code units.</param>
public sealed record TrainingCase(
    string Name, ModelSpec Model, TrainingOptions Training, TokenizerKind Tokenizer = TokenizerKind.Characters, int TextLength = 10_032)
{
    /// <summary>The prefix of the lines of the log that are the same for any number of processes.</summary>
    public const string ResultPrefix = "result ";

    private const string Letters = "eeeeetttaaooiinnsshhrrdlucmfwypvbgkjqxzé世";

    // 25 batches an epoch, the last with 30 windows, which are 4 shards of 16. All 8 ranks have two shards of the others.
    private static readonly TrainingOptions Windows = new()
    {
        Epochs = 2,
        BatchSize = 124,
        LearningRate = 0.01,
        Dropout = 0.2,
        ClipNorm = 0.5,
        EmaDecay = 0.95,
        ValidationShare = 0.1,
        ValidationInterval = 7,
        MaxValidationTokens = 101,
        Seed = 3,
    };

    // 10 batches an epoch: 15 shards of 8 streams, the last with 4, and a last batch of 5 steps instead of 8.
    private static readonly TrainingOptions Stream = Windows with
    {
        Objective = Objective.Stream,
        Epochs = 5,
        BatchSize = 116,
        SequenceLength = 8,
    };

    private static readonly (string Name, ModelSpec Model, OptimizerKind Optimizer)[] Kinds =
    [
        ("lstm", new ModelSpec { HiddenSize = 32 }, OptimizerKind.RmsProp),
        ("gru", new ModelSpec { Architecture = Architecture.Gru, HiddenSize = 24, EmbeddingSize = 16 }, OptimizerKind.Adam),
        ("rnn", new ModelSpec { Architecture = Architecture.Rnn, HiddenSize = 32, Layers = 2 }, OptimizerKind.Sgd),
        ("convolution", new ModelSpec { Architecture = Architecture.Convolution, HiddenSize = 16, Layers = 3 }, OptimizerKind.AdamW),
        ("residual",
            new ModelSpec
            {
                HiddenSize = 16, Layers = 2, EmbeddingSize = 16, TiedEmbedding = true, Residual = true, LayerNormalization = true,
            },
            OptimizerKind.AdamW),
    ];

    /// <summary>Five kinds of models, each with windows and with streams.</summary>
    public static IReadOnlyList<TrainingCase> Models { get; } =
    [
        .. Kinds.Select(kind => new TrainingCase($"windows-{kind.Name}", kind.Model with { Window = 12 }, With(Windows, kind.Optimizer))),
        .. Kinds.Select(kind => new TrainingCase($"stream-{kind.Name}", kind.Model, With(Stream, kind.Optimizer))),
    ];

    /// <summary>All cases that are compared between numbers of processes.</summary>
    public static IReadOnlyList<TrainingCase> All { get; } =
    [
        .. Models,
        // Without clipping by norm, the gradients are added and used in one pass.
        new("no-clipping", Small, Windows with { ClipNorm = 0, ClipValue = 0.01, EmaDecay = 0 }),
        new("few-shards", Small, Stream with { BatchSize = 20, Epochs = 1, Dropout = 0 }, TextLength: 4_600),
        new("one-shard", Small, Windows with { BatchSize = 8, Epochs = 1 }, TextLength: 1_400),
        new("words", Small, Windows with { BatchSize = 40, Epochs = 1, Stride = 1 }, TokenizerKind.Words),
        new("bytes", Small, Stream with { Schedule = LearningRateSchedule.Cosine, WarmupSteps = 5 }, TokenizerKind.Bytes),
        new("early-stop", Small, Windows with { Epochs = 30, Patience = 2, LearningRate = 0.08, Schedule = LearningRateSchedule.Plateau },
            TextLength: 3_000),
        new("diverging", Small, Windows with { Optimizer = OptimizerKind.Sgd, LearningRate = 60, ClipNorm = 0, EmaDecay = 0 }),
    ];

    /// <summary>A model whose gradient is large enough to be seen in the byte counters of a network.</summary>
    public static TrainingCase Large { get; } = new(
        "large",
        new ModelSpec { HiddenSize = 256, Window = 8 },
        new TrainingOptions { Epochs = 1, BatchSize = 64, ClipNorm = 1, Stride = 3, Seed = 5 });

    /// <summary>A training that a time budget ends, along a cosine.</summary>
    public static TrainingCase TimeBudget { get; } = new(
        "time-budget",
        Small,
        Windows with { Epochs = 10_000, Schedule = LearningRateSchedule.Cosine, TimeBudget = TimeSpan.FromSeconds(3) });

    /// <summary>A training that only a signal ends.</summary>
    public static TrainingCase Endless { get; } = new(
        "endless", Small, Windows with { Epochs = 1_000_000, ValidationShare = 0, ValidationInterval = 0, MaxValidationTokens = null });

    private static ModelSpec Small => new() { HiddenSize = 16, Window = 12 };

    /// <summary>Gets a case by its name.</summary>
    public static TrainingCase Named(string name) =>
        ((IEnumerable<TrainingCase>)[.. All, Large, TimeBudget, Endless]).Single(known => known.Name == name);

    /// <summary>Trains and writes a log: every event, and lines for all that must not depend on the number of processes.</summary>
    /// <param name="log">Receives the log.</param>
    /// <param name="processes">The processes that train together; null for this process alone.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="cancellationToken">Stops training.</param>
    public async Task RunAsync(
        TextWriter log, IProcessGroup? processes, int threads = 1, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        Corpus corpus = OpenCorpus();
        TrainingOptions options = Training with { Threads = threads };
        // The first weights are those of rank 0.
        ulong seed = 7 + (ulong)(processes?.Rank ?? 0);
        LanguageModel model = LanguageModel.Create(Model, TokenizerOf(corpus), seed);
        Trainer trainer = new(model, corpus, options, validation: null, processes);
        try
        {
            await foreach (TrainingEvent happened in trainer.RunAsync(cancellationToken).ConfigureAwait(false))
            {
                Write($"{Name} {happened}");
                if (ResultOf(happened) is { } result) Write($"{ResultPrefix}{Name} {result}");
            }
        }
        catch (OperationCanceledException)
        {
            Write($"{Name} stopped");
        }

        Write($"{ResultPrefix}{Name} weights {HashOf(model.Parameters)}");

        void Write(string line)
        {
            log.Write(line + "\n");
            log.Flush();
        }
    }

    /// <summary>The bytes of a gradient of this case.</summary>
    public long GradientBytes() => (long)sizeof(float) * Parameters.CountOf(Model, TokenizerOf(OpenCorpus()).VocabularySize);

    private static TrainingOptions With(TrainingOptions options, OptimizerKind optimizer) => options with
    {
        Optimizer = optimizer,
        WeightDecay = optimizer is OptimizerKind.AdamW or OptimizerKind.RmsProp ? 0.01 : 0,
    };

    // Events without what depends on time.
    private static TrainingEvent? ResultOf(TrainingEvent happened) => happened switch
    {
        EpochCompleted epoch => epoch with { Seconds = 0, CharactersPerSecond = 0 },
        ValidationMeasured measured => measured with { Seconds = 0 },
        DivergenceDetected or ValidationLimited => happened,
        TrainingCompleted completed => completed with { Seconds = 0 },
        _ => null,
    };

    private static string HashOf(Parameters parameters)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (ParameterTensor tensor in parameters.Tensors) hash.AppendData(MemoryMarshal.AsBytes(parameters.GetValues(tensor)));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private Tokenizer TokenizerOf(Corpus corpus) => Aphorist.Tokenizer.Create(corpus, new() { Kind = Tokenizer });

    // Words of random letters, from a linear congruential generator.
    private Corpus OpenCorpus()
    {
        StringBuilder text = new(TextLength);
        uint state = 12_345;
        while (text.Length < TextLength)
        {
            state = state * 1_664_525 + 1_013_904_223;
            int number = (int)(state >> 16);
            text.Append(number % 6 == 0 ? ' ' : Letters[number / 6 % Letters.Length]);
        }

        return Corpus.FromText(text.ToString(), "letters");
    }
}
