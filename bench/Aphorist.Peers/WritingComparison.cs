using Aphorist.Generation.Sampling;

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
        RunStateful("writing, state carried; 1 thread", rounds, SamplingOptions.Default, new TorchSampling(strategies: false));

    /// <summary>The same, chosen from a nucleus after a repetition penalty.</summary>
    public static Comparison RunStrategies(int rounds) => RunStateful(
        "writing, state carried, top-p 0.9, repetition penalty 1.1; 1 thread",
        rounds,
        new SamplingOptions { TopP = TorchSampling.TopP, RepetitionPenalty = TorchSampling.RepetitionPenalty },
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

    private static Comparison RunStateful(string work, int rounds, SamplingOptions ourSampling, TorchSampling theirSampling)
    {
        LanguageModel model = NotebookWork.CreateModel();
        using TorchWriter writer = new(model, threads: 1);
        TextGenerator generator = new(model, GenerationMode.Stateful);
        (double ours, double theirs) = Turns.Measure(
            rounds, seconds: 0.5, () => Write(generator, promptLength: 1, ourSampling), () => writer.WriteStateful(rows: 1, TheirLength, theirSampling));
        return new Comparison(work, "character", ours, theirs);
    }

    private static int Write(TextGenerator generator, int promptLength, SamplingOptions? sampling = null) =>
        generator.Complete(NotebookWork.Text[..promptLength], OurLength, sampling).Length;

    private static int WriteMany(TextGenerator generator) =>
        generator.CompleteMany(Enumerable.Repeat(NotebookWork.Text[..1], Texts), LengthOfMany).Sum(text => text.Length);
}
