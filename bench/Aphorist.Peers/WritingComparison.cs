namespace Aphorist.Peers;

/// <summary>Writing with the notebook's model, everything included: the network, softmax, sampling, the text.</summary>
internal static class WritingComparison
{
    private const int OurLength = 2000;
    private const int TheirLength = 100;
    private const int Texts = 256;
    private const int LengthOfMany = 400;

    /// <summary>One step a character, on one thread.</summary>
    public static Comparison RunStateful(int rounds) =>
        RunStateful("writing, state carried; 1 thread", rounds, new GenerationOptions(), new TorchSampling(strategies: false));

    /// <summary>The same, chosen from a nucleus after a repetition penalty.</summary>
    public static Comparison RunStrategies(int rounds) => RunStateful(
        "writing, state carried, top-p 0.9, repetition penalty 1.1; 1 thread",
        rounds,
        new GenerationOptions { TopP = TorchSampling.TopP, RepetitionPenalty = TorchSampling.RepetitionPenalty },
        new TorchSampling(strategies: true));

    /// <summary>Many texts beside each other: a row of the batch for each.</summary>
    public static Comparison RunMany(int rounds, int threads)
    {
        LanguageModel model = NotebookWork.CreateModel();
        using TorchWriter writer = new(model, threads);
        TextGenerator generator = new(model, GenerationMode.Stateful, threads);
        TorchSampling sampling = new(strategies: false);
        (double ours, double theirs) = Turns.Measure(rounds, seconds: 0.5, () => WriteMany(generator), () => writer.WriteStateful(Texts, LengthOfMany, sampling));
        return new Comparison($"writing {Texts} texts at once, state carried; {threads} threads", "character", ours, theirs);
    }

    /// <summary>The whole window again for each character.</summary>
    public static Comparison RunWindow(int rounds, int threads)
    {
        LanguageModel model = NotebookWork.CreateModel();
        using TorchWriter writer = new(model, threads);
        TextGenerator generator = new(model, GenerationMode.Window, threads);
        (double ours, double theirs) = Turns.Measure(rounds, seconds: 0.5, () => Write(generator, model.Spec.Window), () => writer.WriteWindows(TheirLength));
        return new Comparison($"writing, exact window of 60; {threads} threads", "character", ours, theirs);
    }

    private static Comparison RunStateful(string work, int rounds, GenerationOptions ourSampling, TorchSampling theirSampling)
    {
        LanguageModel model = NotebookWork.CreateModel();
        using TorchWriter writer = new(model, threads: 1);
        TextGenerator generator = new(model, GenerationMode.Stateful);
        (double ours, double theirs) = Turns.Measure(
            rounds, seconds: 0.5, () => Write(generator, promptLength: 1, ourSampling), () => writer.WriteStateful(rows: 1, TheirLength, theirSampling));
        return new Comparison(work, "character", ours, theirs);
    }

    private static int Write(TextGenerator generator, int promptLength, GenerationOptions? options = null) =>
        generator.Generate(NotebookWork.Text[..promptLength], (options ?? new()) with { MaxTokens = OurLength, Seed = 0 }).Length;

    private static int WriteMany(TextGenerator generator) =>
        generator.GenerateBatch(Enumerable.Repeat(NotebookWork.Text[..1], Texts), new() { MaxTokens = LengthOfMany, Seed = 0 }).Sum(text => text.Length);
}
