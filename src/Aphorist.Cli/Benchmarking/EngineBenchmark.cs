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
    private const int Rounds = 5;
    private const int LeastRuns = 3;

    /// <summary>Measures each figure for about <paramref name="time"/>.</summary>
    /// <remarks>All take turns, since a machine's clock falls under load and other work comes and goes: a share of the peak compares what was measured side by side.</remarks>
    public static async Task<EngineFigures> RunAsync(TimeSpan time, int threads, CancellationToken cancellationToken)
    {
        InstructionSet set = InstructionSet.Current;
        Corpus corpus = await CorpusCatalog.OpenAsync("aphorisms", new CorpusOptions { Lowercase = true }, progress: null, cancellationToken);
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, Vocabulary.Of(corpus));
        int characters = model.Tokenizer.Count;
        using Workers workers = new(threads);
        using TrainingStep step = new(model, model.Tokenizer.Encode(corpus.Text), TrainingOptions.Notebook with { Threads = threads });
        TextGenerator stateful = new(model, GenerationMode.Stateful, 1), window = new(model, GenerationMode.Window, threads);
        long[] starts = Starts(corpus.CharacterCount - model.Spec.Window);
        string prompt = corpus.Text[..PromptLength];
        double[] medians = TakeTurns(time, cancellationToken,
            part => FmaPeak.Measure(set, part),
            part => PeakOfAll(set, workers, part),
            part => Product(set.Gemm, part),
            part => Median(part, () => step.Run(starts, model.Spec.Window, number: 1, 0.001f)),
            part => 5000 / Median(part, () => stateful.Complete(prompt, 5000)),
            part => 300 / Median(part, () => window.Complete(prompt, 300)));
        int hidden = model.Spec.HiddenSize;
        double recurrent = 2.0 * hidden * 4 * hidden, decoder = 2.0 * hidden * characters;
        return new EngineFigures(
            set.Name, workers.Count, medians[0], medians[1], medians[2], medians[3],
            TrainingStep.Operations(model.Spec, characters, TrainingOptions.Notebook), medians[3] * NotebookWindows / BatchSize,
            medians[4], recurrent + decoder, medians[5], model.Spec.Window * recurrent + decoder);
    }

    /// <summary>Measures each figure in turn, a few times, and takes the medians; a round before them warms up, in which methods are compiled and then optimised.</summary>
    private static double[] TakeTurns(TimeSpan time, CancellationToken cancellationToken, params Func<TimeSpan, double>[] measures)
    {
        foreach (Func<TimeSpan, double> measure in measures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            measure(time / 2);
        }

        double[][] figures = [.. measures.Select(_ => new double[Rounds])];
        for (int round = 0; round < Rounds; round++)
        {
            for (int index = 0; index < measures.Length; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                figures[index][round] = measures[index](time / Rounds);
            }
        }

        return [.. figures.Select(MedianOf)];
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

    /// <summary>The median time of an action in seconds, repeated for some time.</summary>
    private static double Median(TimeSpan time, Action action)
    {
        List<double> seconds = [];
        long begin = Stopwatch.GetTimestamp();
        while (seconds.Count < LeastRuns || Stopwatch.GetElapsedTime(begin) < time)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return MedianOf(seconds);
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }
}
