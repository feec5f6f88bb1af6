using BenchmarkDotNet.Attributes;

namespace Aphorist.Benchmarks;

/// <summary>Complete text generation with the `notebook` preset. Times and allocations are per character.</summary>
[MemoryDiagnoser]
public class GenerationBenchmarks
{
    private const int StatefulLength = 10_000, WindowLength = 1000;

    private TextGenerator stateful = null!, window = null!;
    private string prompt = "";

    [GlobalSetup]
    public void Setup()
    {
        LanguageModel model = NotebookModel.Create();
        stateful = new TextGenerator(model);
        window = new TextGenerator(model, GenerationMode.Window);
        prompt = NotebookModel.Alphabet;
    }

    [Benchmark(OperationsPerInvoke = StatefulLength)]
    public string Stateful() => stateful.Generate(prompt, new() { MaxTokens = StatefulLength, Seed = 0 });

    [Benchmark(OperationsPerInvoke = WindowLength)]
    public string Window() => window.Generate(prompt, new() { MaxTokens = WindowLength, Seed = 0 });
}
