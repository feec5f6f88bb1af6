using Aphorist.Numerics;

namespace Aphorist.Cli.Commands.Bench;

/// <summary>Measures writing, everything included: with the notebook's model, and with a large one, whose weights are more than a core's own cache holds.</summary>
internal sealed class WritingBenchmark
{
    /// <summary>How many texts are written at once.</summary>
    public const int Texts = 256;

    /// <summary>What the large model is.</summary>
    public const string Large = "LSTM(512) twice";

    private readonly LanguageModel model, large;
    private readonly TextGenerator stateful, window, many, largeStateful, largeMany;
    private readonly AlignedArray memory;
    private readonly string prompt, start;

    /// <param name="model">The notebook's model.</param>
    /// <param name="prompt">What the texts begin with: at least a window of characters.</param>
    /// <param name="threads">Threads, where more than one can be used.</param>
    public WritingBenchmark(LanguageModel model, string prompt, int threads)
    {
        (this.model, this.prompt) = (model, prompt);
        // Reading a prompt is no writing, so it is short, but for a whole window.
        start = prompt[..1];
        large = LanguageModel.Create(ModelSpec.Notebook with { HiddenSize = 512, Layers = 2 }, model.Tokenizer);
        (stateful, largeStateful) = (new TextGenerator(model, threads: 1), new TextGenerator(large, threads: 1));
        (many, largeMany) = (new TextGenerator(model, threads: threads), new TextGenerator(large, threads: threads));
        window = new TextGenerator(model, GenerationMode.Window, threads);
        memory = new AlignedArray((int)ProductsOf(large));
        memory.Span.Fill(1);
    }

    /// <summary>What to measure, in the order in which <see cref="Figures"/> takes it.</summary>
    public IEnumerable<Func<TimeSpan, double>> Measures =>
    [
        time => Rate(time, stateful, start, 5000),
        time => Rate(time, stateful, start, 5000, new() { TopP = 0.9, RepetitionPenalty = 1.1 }),
        time => RateOfMany(time, many, start, 400),
        time => Rate(time, window, prompt, 300),
        time => ReadPeak.Measure(InstructionSet.Current, memory, time),
        time => Rate(time, largeStateful, start, 50),
        time => RateOfMany(time, largeMany, start, 20),
    ];

    /// <summary>The figures, with their shares of what was measured beside them.</summary>
    /// <param name="medians">What <see cref="Measures"/> gave.</param>
    /// <param name="peakOneThread">Floating-point operations per second of one thread.</param>
    /// <param name="peak">Those of all threads.</param>
    public WritingFigures Figures(ReadOnlySpan<double> medians, double peakOneThread, double peak)
    {
        // A character takes a multiplication and an addition for each weight, which is four bytes to read.
        double operations = 2 * ProductsOf(model), ofWindow = operations + 2 * (model.Spec.Window - 1) * RecurrentOf(model.Spec), ofLarge = 2 * ProductsOf(large);
        return new WritingFigures(
            new(medians[0], medians[0] * operations / peakOneThread),
            new(medians[1], medians[1] * operations / peakOneThread),
            new(medians[2], medians[2] * operations / peak),
            new(medians[3], medians[3] * ofWindow / peak),
            medians[4],
            new(medians[5], medians[5] * sizeof(float) * ProductsOf(large) / medians[4]),
            new(medians[6], medians[6] * ofLarge / peak));
    }

    /// <summary>The weights that one character is multiplied with: of the first layer's kernel it only takes a row.</summary>
    private static double ProductsOf(LanguageModel model) => RecurrentOf(model.Spec) + (double)model.Spec.HiddenSize * model.Tokenizer.VocabularySize;

    private static double RecurrentOf(ModelSpec spec) => (2.0 * spec.Layers - 1) * 4 * spec.HiddenSize * spec.HiddenSize;

    private static double Rate(TimeSpan time, TextGenerator generator, string prompt, int length, GenerationOptions? options = null) =>
        length / InterleavedTimer.Median(time, () => generator.Generate(prompt, (options ?? new()) with { MaxTokens = length, Seed = 0 }));

    private static double RateOfMany(TimeSpan time, TextGenerator generator, string prompt, int length) =>
        (double)Texts * length / InterleavedTimer.Median(time, () => Consume(generator.GenerateBatch(Enumerable.Repeat(prompt, Texts), new() { MaxTokens = length, Seed = 0 })));

    private static void Consume(IEnumerable<string> texts)
    {
        foreach (string _ in texts)
        {
        }
    }
}
