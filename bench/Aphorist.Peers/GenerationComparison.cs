namespace Aphorist.Peers;

/// <summary>Compares complete text generation with the `notebook` model: network, softmax, sampling, decoding.</summary>
internal static class GenerationComparison
{
    private const int OurLength = 2000;
    private const int TheirLength = 100;
    private const int Texts = 256;
    private const int LengthOfMany = 400;

    /// <summary>Compares stateful generation of one text.</summary>
    public static Comparison RunStateful(int rounds) =>
        RunStateful("generation, stateful; 1 thread", rounds, new GenerationOptions(), new TorchSampling(strategies: false));

    /// <summary>Compares stateful generation of one text with top-p and a repetition penalty.</summary>
    public static Comparison RunStrategies(int rounds) => RunStateful(
        "generation, stateful, top-p 0.9, repetition penalty 1.1; 1 thread",
        rounds,
        new GenerationOptions { TopP = TorchSampling.TopP, RepetitionPenalty = TorchSampling.RepetitionPenalty },
        new TorchSampling(strategies: true));

    /// <summary>Compares stateful generation of many texts at once, one row of the batch for each.</summary>
    public static Comparison RunMany(int rounds, int threads)
    {
        LanguageModel model = NotebookSetup.CreateModel();
        using TorchGenerator torch = new(model, threads);
        TextGenerator generator = new(model, GenerationMode.Stateful, threads);
        TorchSampling sampling = new(strategies: false);
        (double ours, double theirs) = InterleavedTimer.Measure(
            rounds, seconds: 0.5, () => GenerateMany(generator), () => torch.GenerateStateful(Texts, LengthOfMany, sampling));
        return new Comparison($"generation of {Texts} texts at once, stateful; {threads} threads", "character", ours, theirs);
    }

    /// <summary>Compares window mode, which runs the whole window for each character.</summary>
    public static Comparison RunWindow(int rounds, int threads)
    {
        LanguageModel model = NotebookSetup.CreateModel();
        using TorchGenerator torch = new(model, threads);
        TextGenerator generator = new(model, GenerationMode.Window, threads);
        (double ours, double theirs) = InterleavedTimer.Measure(
            rounds, seconds: 0.5, () => Generate(generator, model.Spec.Window), () => torch.GenerateWindows(TheirLength));
        return new Comparison($"generation, window mode, 60 characters; {threads} threads", "character", ours, theirs);
    }

    private static Comparison RunStateful(string work, int rounds, GenerationOptions ourSampling, TorchSampling theirSampling)
    {
        LanguageModel model = NotebookSetup.CreateModel();
        using TorchGenerator torch = new(model, threads: 1);
        TextGenerator generator = new(model, GenerationMode.Stateful);
        (double ours, double theirs) = InterleavedTimer.Measure(
            rounds,
            seconds: 0.5,
            () => Generate(generator, promptLength: 1, ourSampling),
            () => torch.GenerateStateful(rows: 1, TheirLength, theirSampling));
        return new Comparison(work, "character", ours, theirs);
    }

    private static int Generate(TextGenerator generator, int promptLength, GenerationOptions? options = null) =>
        generator.Generate(NotebookSetup.Text[..promptLength], (options ?? new()) with { MaxTokens = OurLength, Seed = 0 }).Length;

    private static int GenerateMany(TextGenerator generator)
    {
        IEnumerable<string> prompts = Enumerable.Repeat(NotebookSetup.Text[..1], Texts);
        return generator.GenerateBatch(prompts, new() { MaxTokens = LengthOfMany, Seed = 0 }).Sum(text => text.Length);
    }
}
