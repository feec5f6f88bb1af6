using Aphorist.Numerics;
using Aphorist.Training;
using BenchmarkDotNet.Attributes;

namespace Aphorist.Benchmarks;

/// <summary>A complete training step with the `notebook` preset: 128 windows of 60 characters, 128 units.</summary>
[MemoryDiagnoser]
public class TrainingStepBenchmarks : IDisposable
{
    private const int BatchSize = 128, TextLength = 100_000;

    private readonly long[] starts = [.. Enumerable.Range(0, BatchSize).Select(index => index * 700L)];
    private TrainingStep step = null!;

    /// <summary>One thread, and one for each processor.</summary>
    public static IEnumerable<int> ThreadCounts => new[] { 1, Environment.ProcessorCount }.Distinct();

    [ParamsSource(nameof(ThreadCounts))]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        LanguageModel model = NotebookModel.Create();
        RandomStream random = new(1, RandomPurpose.SampleSeed);
        int[] ids = [.. Enumerable.Range(0, TextLength).Select(index => random.Below((ulong)index, model.Tokenizer.VocabularySize))];
        step = new TrainingStep(model, ids, new TrainingOptions { BatchSize = BatchSize, Threads = Threads });
    }

    [Benchmark]
    public double Step() => step.Run(starts, ModelSpec.Notebook.Window, number: 1, 0.001f).Loss;

    [GlobalCleanup]
    public void Dispose()
    {
        step.Dispose();
        GC.SuppressFinalize(this);
    }
}
