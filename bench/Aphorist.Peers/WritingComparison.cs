using Aphorist.Generation;
using Aphorist.Model;

namespace Aphorist.Peers;

/// <summary>Writing with the notebook's model, everything included: the network, softmax, sampling, the text.</summary>
internal static class WritingComparison
{
    private const int OurLength = 2000;
    private const int TheirLength = 100;

    /// <summary>One step a character, on one thread.</summary>
    public static Comparison RunStateful(int rounds)
    {
        LanguageModel model = NotebookWork.CreateModel();
        using TorchWriter writer = new(model, threads: 1);
        TextGenerator generator = new(model, GenerationMode.Stateful);
        (double ours, double theirs) = Turns.Measure(rounds, seconds: 0.5, () => Write(generator, promptLength: 1), () => writer.WriteStateful(TheirLength));
        return new Comparison("writing, state carried; 1 thread", "character", ours, theirs);
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

    private static int Write(TextGenerator generator, int promptLength)
    {
        generator.Complete(NotebookWork.Text[..promptLength], OurLength);
        return OurLength;
    }
}
