using Aphorist.Numerics;
using Aphorist.Training;

namespace Aphorist.Inspection;

/// <summary>Measures the training and generation throughput of this machine and compares it with the processor's peak.</summary>
/// <remarks>
/// The benchmark uses two models with the characters of the built-in aphorisms as vocabulary: the notebook's model (<see
/// cref="ModelSpec.Notebook"/>) and a large one (<see cref="LargeModel"/>) whose weights do not fit into a core's cache. Other processes
/// distort the figures.
/// </remarks>
public static class EngineBenchmark
{
    /// <summary>The number of texts in a batch.</summary>
    public const int BatchedTexts = 256;

    private const int BatchSize = 128;
    private const int NotebookWindows = 200_278;
    private const int PromptLength = 100;

    /// <summary>The shape of the large model: two LSTM layers of 512 units.</summary>
    public static ModelSpec LargeModel { get; } = ModelSpec.Notebook with { HiddenSize = 512, Layers = 2 };

    /// <summary>Runs the benchmark.</summary>
    /// <param name="timePerFigure">How long to measure each of the 11 figures. A warm-up of half that time comes before it.</param>
    /// <param name="threads">The number of threads, or 0 for one per processor.</param>
    /// <param name="cancellationToken">Cancels the benchmark between two measurements.</param>
    /// <exception cref="OperationCanceledException">The benchmark was canceled.</exception>
    public static async Task<EngineBenchmarkResult> RunAsync(
        TimeSpan timePerFigure, int threads = 0, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timePerFigure, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        Corpus corpus = await Corpus.OpenAsync(
            CorpusCatalog.Get("aphorisms"), new CorpusOptions { Lowercase = true }, progress: null,
            cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Run(corpus, timePerFigure, threads, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    private static EngineBenchmarkResult Run(Corpus corpus, TimeSpan timePerFigure, int threads, CancellationToken cancellationToken)
    {
        InstructionSet set = InstructionSet.Current;
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, CharacterTokenizer.Create(corpus));
        LanguageModel large = LanguageModel.Create(LargeModel, model.Tokenizer);
        using Workers workers = new(threads);
        using TrainingStep step = new(model, model.Tokenizer.Encode(corpus.Text), TrainingOptions.Notebook with { Threads = threads });
        // Reading the prompt is not part of the figure, so the prompt is short. Window mode needs a whole window.
        string prompt = corpus.Text[..PromptLength], start = prompt[..1];
        TextGenerator one = new(model, threads: 1);
        TextGenerator many = new(model, threads: threads);
        TextGenerator window = new(model, GenerationMode.Window, threads);
        TextGenerator largeOne = new(large, threads: 1), largeMany = new(large, threads: threads);
        AlignedArray memory = new((int)WeightsPerToken(large));
        memory.Span.Fill(1);
        long[] starts = Starts(corpus.CharacterCount - model.Spec.Window);
        double[] medians = BenchmarkTimer.Take(
            timePerFigure,
            [
                time => FmaPeak.Measure(set, time),
                time => PeakOfAll(set, workers, time),
                time => MatrixProduct(set.Gemm, time),
                time => BenchmarkTimer.Median(time, () => step.Run(starts, model.Spec.Window, number: 1, 0.001f)),
                time => Rate(time, one, start, 5000),
                time => Rate(time, one, start, 5000, new() { TopP = 0.9, RepetitionPenalty = 1.1 }),
                time => BatchRate(time, many, start, 400),
                time => Rate(time, window, prompt, 300),
                time => ReadPeak.Measure(set, memory, time),
                time => Rate(time, largeOne, start, 50),
                time => BatchRate(time, largeMany, start, 20),
            ],
            cancellationToken);
        (double peakOneThread, double peak, double bytes) = (medians[0], medians[1], medians[8]);
        // Each weight costs one multiplication, one addition and four bytes of memory reads per token.
        double operations = 2 * WeightsPerToken(model);
        double windowOperations = operations + 2 * (model.Spec.Window - 1) * RecurrentWeights(model.Spec);
        double stepOperations = TrainingStep.Operations(model.Spec, model.Tokenizer.VocabularySize, TrainingOptions.Notebook);
        return new EngineBenchmarkResult
        {
            Kernel = set.Name,
            Threads = workers.Count,
            PeakFlopsOneThread = peakOneThread,
            PeakFlops = peak,
            ProductFlops = medians[2],
            ProductShare = medians[2] / peakOneThread,
            StepSeconds = medians[3],
            StepShare = stepOperations / medians[3] / peak,
            EpochSeconds = medians[3] * NotebookWindows / BatchSize,
            Stateful = new(medians[4], medians[4] * operations / peakOneThread),
            Strategies = new(medians[5], medians[5] * operations / peakOneThread),
            Many = new(medians[6], medians[6] * operations / peak),
            Window = new(medians[7], medians[7] * windowOperations / peak),
            ReadBytesPerSecond = bytes,
            Large = new(medians[9], medians[9] * sizeof(float) * WeightsPerToken(large) / bytes),
            LargeMany = new(medians[10], medians[10] * 2 * WeightsPerToken(large) / peak),
        };
    }

    private static long[] Starts(long count)
    {
        RandomStream random = new(1, RandomPurpose.Shuffle);
        return [.. Enumerable.Range(0, BatchSize).Select(index => random.Below((ulong)index, count))];
    }

    private static double PeakOfAll(InstructionSet set, Workers workers, TimeSpan time)
    {
        double[] peaks = new double[workers.Count];
        using Barrier start = new(workers.Count);
        workers.Run(workers.Count, (task, _) =>
        {
            start.SignalAndWait();
            peaks[task] = FmaPeak.Measure(set, time);
        });
        return peaks.Sum();
    }

    /// <summary>The matrix product h U of one shard: [8, 128] times [128, 512].</summary>
    private static unsafe double MatrixProduct(GemmKernel gemm, TimeSpan time)
    {
        const int Depth = 128, Columns = 512, Repeats = 50;
        int rows = TrainingStep.ShardRows(ModelSpec.Notebook, BatchSize);
        AlignedArray a = new(rows * Depth);
        AlignedArray b = new(Depth * Columns);
        AlignedArray packed = new(gemm.PackedLength(Depth, Columns));
        AlignedArray c = new(rows * Columns);
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        gemm.Pack(b.Pointer, Columns, 1, Depth, Columns, packed.Pointer);
        double seconds = BenchmarkTimer.Median(time, () =>
        {
            for (int repeat = 0; repeat < Repeats; repeat++)
                gemm.Multiply(a.Pointer, Depth, 1, packed.Pointer, c.Pointer, Columns, rows, Columns, Depth, accumulate: false);
        });
        foreach (AlignedArray array in (AlignedArray[])[a, b, packed, c]) GC.KeepAlive(array);
        return Repeats * 2.0 * rows * Depth * Columns / seconds;
    }

    /// <summary>
    /// The number of weights that are multiplied for one token. The input kernel of the first layer does not count: a token only selects
    /// one of its rows.
    /// </summary>
    private static double WeightsPerToken(LanguageModel model) =>
        RecurrentWeights(model.Spec) + (double)model.Spec.HiddenSize * model.Tokenizer.VocabularySize;

    private static double RecurrentWeights(ModelSpec spec) => (2.0 * spec.Layers - 1) * 4 * spec.HiddenSize * spec.HiddenSize;

    private static double Rate(TimeSpan time, TextGenerator generator, string prompt, int length, GenerationOptions? options = null)
    {
        GenerationOptions complete = (options ?? new()) with { MaxTokens = length, Seed = 0 };
        return length / BenchmarkTimer.Median(time, () => generator.Generate(prompt, complete));
    }

    private static double BatchRate(TimeSpan time, TextGenerator generator, string prompt, int length)
    {
        GenerationOptions options = new() { MaxTokens = length, Seed = 0 };
        return (double)BatchedTexts * length / BenchmarkTimer.Median(time, () =>
        {
            foreach (string _ in generator.GenerateBatch(Enumerable.Repeat(prompt, BatchedTexts), options))
            {
            }
        });
    }
}
