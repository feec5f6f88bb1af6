using System.Diagnostics;
using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Benchmarking;

/// <summary>Measures the engine with the notebook's model, windows of 60, 128 units, batches of 128, on the built-in text.</summary>
internal static class EngineBenchmark
{
    private const int BatchSize = 128;
    private const int NotebookWindows = 200_278;
    private const int PromptLength = 100;

    /// <summary>Measures each figure for about <paramref name="time"/>.</summary>
    public static async Task<EngineFigures> RunAsync(TimeSpan time, int threads, CancellationToken cancellationToken)
    {
        InstructionSet set = InstructionSet.Current;
        Corpus corpus = await CorpusCatalog.OpenAsync("aphorisms", new CorpusOptions { Lowercase = true }, progress: null, cancellationToken);
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, Vocabulary.Of(corpus));
        int characters = model.Tokenizer.Count;
        using Workers workers = new(threads);
        double peakOne = FmaPeak.Measure(set, time);
        double peak = PeakOfAll(set, workers, time);
        cancellationToken.ThrowIfCancellationRequested();
        double product = Product(set.Gemm, time);
        cancellationToken.ThrowIfCancellationRequested();
        double step = Step(model, corpus, workers.Count, time, cancellationToken);
        double stateful = Writing(model, corpus, GenerationMode.Stateful, 1, time, cancellationToken);
        double window = Writing(model, corpus, GenerationMode.Window, workers.Count, time, cancellationToken);
        int hidden = model.Spec.HiddenSize;
        double recurrent = 2.0 * hidden * 4 * hidden, decoder = 2.0 * hidden * characters;
        return new EngineFigures(
            set.Name, workers.Count, peakOne, peak, product, step, TrainingStep.Operations(model.Spec, characters, TrainingOptions.Notebook),
            step * NotebookWindows / BatchSize, stateful, recurrent + decoder, window, model.Spec.Window * recurrent + decoder);
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

    /// <summary>The product h U of one shard: [8, 128] times [128, 512].</summary>
    private static unsafe double Product(GemmKernel gemm, TimeSpan time)
    {
        const int Depth = 128, Columns = 512;
        int rows = TrainingStep.ShardRows(ModelSpec.Notebook, BatchSize);
        AlignedArray a = new(rows * Depth), b = new(Depth * Columns), packed = new(gemm.PackedLength(Depth, Columns)), c = new(rows * Columns);
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        gemm.Pack(b.Pointer, Columns, 1, Depth, Columns, packed.Pointer);
        double seconds = Median(time, () =>
        {
            for (int repeat = 0; repeat < 50; repeat++)
                gemm.Multiply(a.Pointer, Depth, 1, packed.Pointer, c.Pointer, Columns, rows, Columns, Depth, accumulate: false);
        });
        return 50 * 2.0 * rows * Depth * Columns / seconds;
    }

    private static double Step(LanguageModel model, Corpus corpus, int threads, TimeSpan time, CancellationToken cancellationToken)
    {
        RandomStream random = new(1, RandomPurpose.Shuffle);
        int[] ids = model.Tokenizer.Encode(corpus.Text);
        long[] starts = [.. Enumerable.Range(0, BatchSize).Select(index => random.Below((ulong)index, ids.Length - model.Spec.Window))];
        using TrainingStep step = new(model, ids, TrainingOptions.Notebook with { Threads = threads });
        return Median(time, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            step.Run(starts, model.Spec.Window, number: 1, 0.001f);
        });
    }

    private static double Writing(LanguageModel model, Corpus corpus, GenerationMode mode, int threads, TimeSpan time, CancellationToken cancellationToken)
    {
        using TextGenerator generator = new(model, mode, threads);
        string prompt = corpus.Text[..PromptLength];
        int length = mode == GenerationMode.Stateful ? 5000 : 300;
        return length / Median(time, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            generator.Complete(prompt, length);
        });
    }

    /// <summary>The median of repeated runs in seconds, after a warm-up of half the time, in which methods are compiled and then optimised.</summary>
    private static double Median(TimeSpan time, Action action)
    {
        Measure(time / 2, 3, action);
        List<double> seconds = Measure(time, 5, action);
        seconds.Sort();
        return seconds[seconds.Count / 2];
    }

    /// <summary>The seconds of every run that begins within the time, and of at least so many.</summary>
    private static List<double> Measure(TimeSpan time, int atLeast, Action action)
    {
        List<double> seconds = [];
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < atLeast || Stopwatch.GetElapsedTime(begin) < time)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return seconds;
    }
}
