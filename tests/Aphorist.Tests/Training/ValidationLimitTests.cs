using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Validations of a part of the validation set.</summary>
public sealed class ValidationLimitTests : IDisposable
{
    private const long Million = 1_000_000;

    // A tenth is trained on, and the rest is more than is measured.
    private static readonly Corpus LongText = Corpus.FromText(
        string.Concat(Enumerable.Range(0, 60).Select(part => TinyTraining.Corpus.Text[(part * 7)..] + TinyTraining.OtherCorpus.Text)),
        "long");

    private static readonly TrainingOptions Streams = TinyTraining.Options with
    {
        Objective = Objective.Stream,
        BatchSize = 20,
        SequenceLength = 50,
        ValidationShare = 0.9,
        Epochs = 2,
        Threads = 2,
    };

    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(8000, 1000, null, 8000)]
    [InlineData(8192, 1000, null, 8192)]
    [InlineData(8193, 1000, null, 8192)]
    // A text of half a megabyte: after an epoch, and every 100 steps of 512 tokens.
    [InlineData(28_780, 546_784, null, 28_780)]
    [InlineData(28_780, 51_200, null, 8192)]
    [InlineData(53 * Million, 12 * Million, null, 2_097_152)]
    [InlineData(53 * Million, 8_388_608, null, 2_097_152)]
    [InlineData(53 * Million, 8_388_607, null, 1_048_576)]
    [InlineData(50 * Million, 950 * Million, null, 50 * Million)]
    [InlineData(500 * Million, 500 * Million, null, 67_108_864)]
    [InlineData(50_000, 0, 1000, 1000)]
    [InlineData(50_000, 0, 50_000, 50_000)]
    [InlineData(53 * Million, 0, 0, 53 * Million)]
    [InlineData(0, 1000, null, 0)]
    public void CountOf_Sizes_IsAtMostAQuarterOfTheTraining(long held, long trained, int? max, long expected) =>
        Assert.All(
            (Objective[])[Objective.Windows, Objective.Stream],
            objective => Assert.Equal(
                expected, ValidationLimit.CountOf(new() { Objective = objective, MaxValidationTokens = max }, held, trained)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2047, 2047)]
    [InlineData(4097, 4096)]
    [InlineData(10_000, 10_000)]
    [InlineData(99_999, 99_984)]
    public void CountOf_PartOfAStream_IsWhatIsMeasured(int max, long expected)
    {
        TrainingOptions options = Streams with { MaxValidationTokens = max };
        LanguageModel model = TinyTraining.Model();
        int[] ids = model.Tokenizer.Encode(LongText.Text);
        long held = ids.Length - 1;
        Assert.Equal(expected, ValidationLimit.CountOf(options, held, 0));
        using TrainingStep step = new(model, ids, options);
        step.Evaluator.RefreshWeights();
        Assert.Equal(expected, step.Evaluator.EvaluateStream(ids, 0, expected, TestContext.Current.CancellationToken).Count);
    }

    [Theory]
    [InlineData(Architecture.Lstm)]
    [InlineData(Architecture.Gru)]
    [InlineData(Architecture.Rnn)]
    [InlineData(Architecture.Convolution)]
    public void EvaluateStream_PartOfAText_PredictsEvenlySpreadSegments(Architecture architecture)
    {
        const int Begin = 5000, Length = 2048, Segments = 11;
        ModelSpec spec = new() { Architecture = architecture, HiddenSize = 9, Layers = 2, Gates = GateActivation.Sigmoid };
        LanguageModel model = LanguageModel.Create(spec, CharacterTokenizer.Create(LongText), seed: 2);
        int[] ids = model.Tokenizer.Encode(LongText.Text);
        using TrainingStep step = new(model, ids, Streams);
        step.Evaluator.RefreshWeights();
        Evaluation part = step.Evaluator.EvaluateStream(ids, Begin, Segments * Length, TestContext.Current.CancellationToken);

        int distance = (ids.Length - Begin - 1) / Segments;
        Evaluation expected = default;
        for (int segment = 0; segment < Segments; segment++) expected += Predict(model, ids, Begin, Begin + segment * distance, Length);
        Assert.Equal((Segments * Length, expected.Correct), (part.Count, part.Correct));
        Assert.Equal(expected.TotalLoss, part.TotalLoss, 1e-9 * expected.TotalLoss);
    }

    [Fact]
    public void EvaluateStream_PartOfAText_DoesNotDependOnThreads()
    {
        LanguageModel model = TinyTraining.Model();
        int[] ids = model.Tokenizer.Encode(LongText.Text);
        Evaluation[] parts =
        [
            .. ((int[])[1, 3]).Select(threads =>
            {
                using TrainingStep step = new(model, ids, Streams with { Threads = threads });
                step.Evaluator.RefreshWeights();
                return step.Evaluator.EvaluateStream(ids, 100, 40_000, TestContext.Current.CancellationToken);
            }),
        ];
        Assert.Equal(parts[0], parts[1]);
    }

    [Fact]
    public void Spread_SomeWindows_AreEvenlySpread()
    {
        ValidationWindows windows = new(First: 1000, Count: 5_000_000_000, Stride: 3);
        Assert.Equal(
            [3000, 3000 + 3L * 1_250_000_000, 3000 + 3L * 2_500_000_000, 3000 + 3L * 3_750_000_000],
            Enumerable.Range(0, 4).Select(index => windows.Spread(4)(index)));
        ValidationWindows few = windows with { Count = 7 };
        Assert.All(Enumerable.Range(0, 7), index => Assert.Equal(few.GetStart(index), few.Spread(7)(index)));
    }

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public async Task RunAsync_LargeValidationSet_MeasuresAPartAndSaysSoFirst(Objective objective)
    {
        TrainingOptions options = Streams with { Objective = objective, Stride = 1 };
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await RunAsync(model, options);

        long held = Assert.IsType<TrainingStarted>(events[0]).ValidationPredictions;
        Assert.Equal(new ValidationLimited(8192, held), Assert.Single(events.OfType<ValidationLimited>()));
        Assert.True(events.FindIndex(one => one is ValidationLimited) < events.FindIndex(one => one is EpochCompleted));
        Assert.Equal(Measure(model, options, 8192).LossPerToken, events.OfType<EpochCompleted>().Last().ValidationLoss);
    }

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public async Task RunAsync_NoLimit_MeasuresTheWholeSet(Objective objective)
    {
        TrainingOptions options = Streams with { Objective = objective, Stride = 1, Epochs = 1, MaxValidationTokens = 0 };
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await RunAsync(model, options);

        Assert.Empty(events.OfType<ValidationLimited>());
        EvaluationOptions whole = new() { Objective = objective, Stride = 1, TailShare = 0.9 };
        Assert.Equal(
            model.Evaluate(LongText, whole, TestContext.Current.CancellationToken).LossPerToken,
            Assert.Single(events.OfType<EpochCompleted>()).ValidationLoss);
    }

    [Fact]
    public async Task RunAsync_GivenLimit_IsKnownAtTheStartAndHoldsWithinEpochs()
    {
        TrainingOptions options = Streams with { MaxValidationTokens = 5000, ValidationInterval = 7, Epochs = 1 };
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await RunAsync(model, options, listen: happened =>
        {
            if (happened is ValidationMeasured measured) Assert.Equal(Measure(model, options, 5000).LossPerToken, measured.ValidationLoss);
        });

        Assert.Equal(5000, Assert.IsType<ValidationLimited>(events[1]).Predictions);
        Assert.Single(events.OfType<ValidationLimited>());
        Assert.NotEmpty(events.OfType<ValidationMeasured>());
    }

    [Fact]
    public async Task RunAsync_ValidationInterval_MeasuresAQuarterOfIt()
    {
        // 66 steps of 1000 tokens. A whole epoch would allow 32,768.
        TrainingOptions options = Streams with { ValidationShare = 0.3, ValidationInterval = 66, Epochs = 1 };
        LanguageModel model = TinyTraining.Model();
        List<TrainingEvent> events = await RunAsync(model, options, listen: happened =>
        {
            if (happened is ValidationMeasured measured)
                Assert.Equal(Measure(model, options, 16_384).LossPerToken, measured.ValidationLoss);
        });

        Assert.Equal(16_384, Assert.Single(events.OfType<ValidationLimited>()).Predictions);
        Assert.True(events.FindIndex(one => one is ValidationLimited) < events.FindIndex(one => one is ValidationMeasured));
        Assert.Equal(2, events.OfType<ValidationMeasured>().Count());
        Assert.Equal(Measure(model, options, 16_384).LossPerToken, Assert.Single(events.OfType<EpochCompleted>()).ValidationLoss);
    }

    [Fact]
    public async Task RunAsync_Resumed_MeasuresTheSamePlaces()
    {
        RunFolder whole = RunFolder.Create(temporary["whole"]), interrupted = RunFolder.Create(temporary["interrupted"]);
        await RunAsync(TinyTraining.Model(), Streams, whole);
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            TinyTraining.Model(),
            Streams,
            interrupted,
            happened =>
            {
                // The first validation is decided on and is then cancelled.
                if (happened is ValidationLimited) cancellation.Cancel();
            },
            cancellation));
        List<TrainingEvent> events = await RunAsync(TinyTraining.Model(), Streams, interrupted);

        Assert.Equal(8192, Assert.IsType<ValidationLimited>(events[1]).Predictions);
        Assert.Single(events.OfType<ValidationLimited>());
        Assert.Equal(
            MetricsFile.Read(whole.Metrics).Select(epoch => epoch.ValidationLoss),
            MetricsFile.Read(interrupted.Metrics).Select(epoch => epoch.ValidationLoss));
    }

    [Fact]
    public async Task RunAsync_ResumedWithAnotherLimit_IsRefused()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        await RunAsync(TinyTraining.Model(), Streams with { Epochs = 1 }, folder);
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => RunAsync(TinyTraining.Model(), Streams with { MaxValidationTokens = 1000 }, folder));
        Assert.Equal(nameof(TrainingOptions.MaxValidationTokens), error.PropertyName);
    }

    private static Evaluation Measure(LanguageModel model, TrainingOptions options, long count)
    {
        int[] ids = model.Tokenizer.Encode(LongText.Text);
        using TrainingStep step = new(model, ids, options);
        step.Evaluator.RefreshWeights();
        if (options.Objective == Objective.Stream)
        {
            long start = TrainingSplit.StartOfTail(ids.Length, options.ValidationShare);
            return step.Evaluator.EvaluateStream(ids, start, count, TestContext.Current.CancellationToken);
        }

        ValidationWindows windows = ValidationWindows.AtEnd(ids.Length, model.Spec.Window, options.Stride, options.ValidationShare);
        return step.Evaluator.EvaluateWindows(
            ids, count, index => windows.GetStart(index * windows.Count / count), TestContext.Current.CancellationToken);
    }

    /// <summary>Predicts the tokens after a place, one at a time, from a zero state 256 tokens before it.</summary>
    private static unsafe Evaluation Predict(LanguageModel model, int[] ids, int begin, int first, int length)
    {
        PackedWeights weights = new(model, InstructionSet.Current);
        for (int part = 0; part < weights.Parts; part++) weights.Refresh(part);
        InferenceState state = new(weights, rows: 1);
        int size = model.Tokenizer.VocabularySize;
        AlignedArray logits = new(size);
        SoftmaxCrossEntropy softmax = SoftmaxCrossEntropy.Create(weights.InstructionSet);
        Evaluation sum = default;
        for (int place = Math.Max(begin, first - 256); place < first + length; place++)
        {
            int token = ids[place];
            state.Advance(&token, 0, 1);
            if (place < first) continue;
            state.Decode(0, 1, logits.Pointer);
            double loss = softmax.Run(logits.Pointer, size, ids[place + 1], 1, out bool correct);
            sum += new Evaluation(1, loss, correct ? 1 : 0, 1);
        }

        return sum;
    }

    private static Task<List<TrainingEvent>> RunAsync(
        LanguageModel model,
        TrainingOptions options,
        RunFolder? folder = null,
        Action<TrainingEvent>? listen = null,
        CancellationTokenSource? cancellation = null) =>
        TinyTraining.RunAsync(model, options, folder, listen, cancellation, LongText);
}
