using Aphorist.Numerics;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Bench;

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
        Corpus corpus = await Corpus.OpenAsync(CorpusCatalog.Get("aphorisms"), new CorpusOptions { Lowercase = true }, progress: null, cancellationToken);
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, CharacterTokenizer.Create(corpus));
        using Workers workers = new(threads);
        using TrainingStep step = new(model, model.Tokenizer.Encode(corpus.Text), TrainingOptions.Notebook with { Threads = threads });
        WritingBenchmark writing = new(model, corpus.Text[..PromptLength], threads);
        long[] starts = Starts(corpus.CharacterCount - model.Spec.Window);
        Func<TimeSpan, double>[] measures =
        [
            part => FmaPeak.Measure(set, part),
            part => PeakOfAll(set, workers, part),
            part => Product(set.Gemm, part),
            part => InterleavedTimer.Median(part, () => step.Run(starts, model.Spec.Window, number: 1, 0.001f)),
            .. writing.Measures,
        ];
        double[] medians = InterleavedTimer.Take(time, measures, cancellationToken);
        return new EngineFigures(
            set.Name, workers.Count, medians[0], medians[1], medians[2], medians[3],
            TrainingStep.Operations(model.Spec, model.Tokenizer.VocabularySize, TrainingOptions.Notebook), medians[3] * NotebookWindows / BatchSize,
            writing.Figures(medians.AsSpan(4), medians[0], medians[1]));
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
        double seconds = InterleavedTimer.Median(time, () =>
        {
            for (int repeat = 0; repeat < 50; repeat++)
                gemm.Multiply(a.Pointer, Depth, 1, packed.Pointer, c.Pointer, Columns, rows, Columns, Depth, accumulate: false);
        });
        foreach (AlignedArray array in (AlignedArray[])[a, b, packed, c]) GC.KeepAlive(array);
        return 50 * 2.0 * rows * Depth * Columns / seconds;
    }
}
