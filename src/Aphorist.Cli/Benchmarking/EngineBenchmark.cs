using System.Diagnostics;
using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;
using Aphorist.Training;

namespace Aphorist.Cli.Benchmarking;

/// <summary>Measures the engine with the notebook's sizes: 57 characters, windows of 60, 128 units, batches of 128.</summary>
internal static class EngineBenchmark
{
    private const int Characters = 57;
    private const int BatchSize = 128;
    private const int NotebookWindows = 200_278;
    private const int TextLength = 100_000;

    /// <summary>Measures each figure for about <paramref name="time"/>.</summary>
    public static EngineFigures Run(TimeSpan time, int threads, CancellationToken cancellationToken)
    {
        InstructionSet set = InstructionSet.Current;
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, Vocabulary.FromCharacters(Alphabet()));
        using Workers workers = new(threads);
        double peakOne = FmaPeak.Measure(set, time);
        double peak = PeakOfAll(set, workers, time);
        cancellationToken.ThrowIfCancellationRequested();
        double product = Product(set.Gemm, time);
        cancellationToken.ThrowIfCancellationRequested();
        double step = Step(model, workers.Count, time, cancellationToken);
        double stateful = Writing(model, GenerationMode.Stateful, 1, time, cancellationToken);
        double window = Writing(model, GenerationMode.Window, workers.Count, time, cancellationToken);
        int hidden = model.Spec.HiddenSize;
        double recurrent = 2.0 * hidden * 4 * hidden, decoder = 2.0 * hidden * Characters;
        return new EngineFigures(
            set.Name, workers.Count, peakOne, peak, product, step, TrainingStep.Operations(model.Spec, Characters, BatchSize),
            step * NotebookWindows / BatchSize, stateful, recurrent + decoder, window, model.Spec.Window * recurrent + decoder);
    }

    private static string Alphabet() => string.Concat(Enumerable.Range('A', Characters).Select(code => (char)code));

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

    /// <summary>The product h U of one shard: [32, 128] times [128, 512].</summary>
    private static unsafe double Product(GemmKernel gemm, TimeSpan time)
    {
        const int Rows = TrainingStep.ShardSize, Depth = 128, Columns = 512;
        AlignedArray a = new(Rows * Depth), b = new(Depth * Columns), packed = new(gemm.PackedLength(Depth, Columns)), c = new(Rows * Columns);
        a.Span.Fill(0.5f);
        b.Span.Fill(0.25f);
        gemm.Pack(b.Pointer, Columns, 1, Depth, Columns, packed.Pointer);
        double seconds = Median(time, () =>
        {
            for (int repeat = 0; repeat < 50; repeat++)
                gemm.Multiply(a.Pointer, Depth, 1, packed.Pointer, c.Pointer, Columns, Rows, Columns, Depth, accumulate: false);
        });
        return 50 * 2.0 * Rows * Depth * Columns / seconds;
    }

    private static double Step(LanguageModel model, int threads, TimeSpan time, CancellationToken cancellationToken)
    {
        RandomStream random = new(1, RandomPurpose.SampleSeed);
        int[] ids = [.. Enumerable.Range(0, TextLength).Select(index => random.Below((ulong)index, Characters))];
        int[] starts = [.. Enumerable.Range(0, BatchSize).Select(index => index * 700)];
        using TrainingStep step = new(model, ids, BatchSize, threads);
        return Median(time, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            step.Run(starts, 0.001f);
        });
    }

    private static double Writing(LanguageModel model, GenerationMode mode, int threads, TimeSpan time, CancellationToken cancellationToken)
    {
        using TextGenerator generator = new(model, mode, threads);
        string prompt = Alphabet();
        int length = mode == GenerationMode.Stateful ? 5000 : 300;
        return length / Median(time, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            generator.Complete(prompt, length);
        });
    }

    /// <summary>The median of repeated runs in seconds, without the first few, in which methods are compiled.</summary>
    private static double Median(TimeSpan time, Action action)
    {
        for (int warmUp = 0; warmUp < 3; warmUp++) action();
        List<double> seconds = [];
        for (long begin = Stopwatch.GetTimestamp(); seconds.Count < 5 || Stopwatch.GetElapsedTime(begin) < time;)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        seconds.Sort();
        return seconds[seconds.Count / 2];
    }
}
