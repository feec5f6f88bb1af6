using System.Runtime.CompilerServices;

namespace Aphorist.Studio.Write;

/// <summary>What a model expects at a place of a text, and what the settings make of it.</summary>
public sealed class Choices
{
    private readonly int[] order;

    internal Choices(int place, Tokenizer tokenizer, IReadOnlyList<SamplingStep> steps)
    {
        (Place, Tokenizer, Steps) = (place, tokenizer, steps);
        order = [.. Enumerable.Range(0, tokenizer.VocabularySize)];
        double[] keys = new double[order.Length];
        for (int id = 0; id < keys.Length; id++) keys[id] = -steps[0].Probabilities[id];
        // Equally likely tokens are in the order of their ids, as the sampler orders them.
        Array.Sort(order, (left, right) => keys[left] != keys[right] ? keys[left].CompareTo(keys[right]) : left.CompareTo(right));
    }

    /// <summary>The number of units before the place.</summary>
    public int Place { get; }

    public Tokenizer Tokenizer { get; }

    /// <summary>The probabilities of the model, and after each step of sampling.</summary>
    public IReadOnlyList<SamplingStep> Steps { get; }

    /// <summary>All tokens, the model's most likely one first.</summary>
    public IReadOnlyList<int> Order => order;

    /// <summary>The step that has removed a token; null if it can still be drawn.</summary>
    public SamplingStepKind? RemovedBy(int id)
    {
        foreach (SamplingStep step in Steps)
            if (step.Probabilities[id] == 0) return step.Kind;
        return null;
    }
}

/// <summary>Reads texts up to a place and tells what comes next there. Used by one page; it remembers how far it has read.</summary>
public sealed class ChoiceReader : IDisposable
{
    // The generators of the loaded models: pages share them, since each has a copy of the weights. They end with their models.
    private static readonly ConditionalWeakTable<LanguageModel, TextGenerator> Generators = [];

    // The penalties see the last 64 tokens. With this option a session remembers them, for all that are forked from it.
    private static readonly GenerationOptions Remembering = new() { RepetitionPenalty = 2 };

    private readonly SemaphoreSlim turn = new(1);
    private readonly List<int> read = [];
    private LanguageModel? model;
    private GenerationSession? session;

    /// <summary>Computes the choices at a place. One call at a time; the others wait.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The tokens before the place.</param>
    /// <param name="place">The place.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public async Task<Choices> ReadAsync(
        LanguageModel model, int[] ids, int place, SamplingSettings settings, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Read(model, ids, place, settings, cancellationToken), cancellationToken);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the session. A reading that runs ends with an <see cref="ObjectDisposedException"/> at most.</summary>
    public void Dispose() => session?.Dispose();

    private Choices Read(LanguageModel model, int[] ids, int place, SamplingSettings settings, CancellationToken cancellationToken)
    {
        if (session is null || this.model != model || !ids.AsSpan().StartsWith(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(read)))
        {
            session?.Dispose();
            session = Generators.GetValue(model, static model => new TextGenerator(model, threads: 1)).CreateSession(Remembering);
            this.model = model;
            read.Clear();
        }

        // In window mode the model sees no more than the last window.
        int unseen = model.TrainedMode == GenerationMode.Window ? ids.Length - Math.Max(model.Spec.Window, Remembering.PenaltyWindow) : 0;
        for (int index = read.Count; index < ids.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index >= unseen) session.Append(ids[index]);
            read.Add(ids[index]);
        }

        using GenerationSession sampled = session.Fork(settings.ToOptions(model.Tokenizer, seed: 0));
        return new Choices(place, model.Tokenizer, sampled.PredictSampling());
    }
}
