using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>
/// Looks for the most likely texts. In each step, the best of all one-token extensions of the beams become the next beams.
/// </summary>
/// <remarks>All beams are advanced by one matrix product.</remarks>
internal sealed unsafe class BeamSearch(PackedWeights weights, CompiledOptions compiled, BeamOptions options)
{
    private readonly Tokenizer tokenizer = weights.Model.Tokenizer;
    private readonly StopSequenceMatcher stops = new(compiled.StopSequences);
    private readonly int minTokens = compiled.Options.MinTokens, maxTokens = compiled.Options.MaxTokens!.Value;
    private readonly AlignedArray logits = new(options.BeamWidth * weights.Model.Tokenizer.VocabularySize);
    private readonly List<BeamResult> finished = [];
    private InferenceState state = new(weights, options.BeamWidth), next = new(weights, options.BeamWidth);

    /// <summary>Returns the best texts that follow a prompt, best first.</summary>
    public IReadOnlyList<BeamResult> Run(int[] prompt, CancellationToken cancellationToken)
    {
        foreach (int id in prompt)
        {
            cancellationToken.ThrowIfCancellationRequested();
            state.Advance(&id, 0, 1);
        }

        List<Beam> beams = [new Beam([], 0)];
        for (int length = 0; length < maxTokens && beams.Count > 0 && !IsDecided(beams[0]); length++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            beams = Extend(beams);
        }

        IEnumerable<BeamResult> unfinished = beams.Select(beam => Finish(beam, tokenizer.Decode(beam.Ids)));
        return [.. finished.Concat(unfinished).OrderByDescending(text => text.Score).Take(options.ResultCount)];
    }

    /// <summary>Returns the best beams that are one token longer. Those that end with that token are finished.</summary>
    private List<Beam> Extend(List<Beam> beams)
    {
        state.Decode(0, beams.Count, logits.Pointer);
        PriorityQueue<(int Beam, int Id), (double, int, int)> extensions = Extensions(beams);
        List<Beam> extended = [];
        List<int> parents = [];
        // A finished text takes a place, too, so that the search ends when all likely texts have ended.
        int taken = 0;
        while (taken < options.BeamWidth && extensions.TryDequeue(out (int Beam, int Id) extension, out (double Loss, int, int) rank))
        {
            Beam beam = new([.. beams[extension.Beam].Ids, extension.Id], -rank.Loss);
            string text = stops.Any ? tokenizer.Decode(beam.Ids) : "";
            bool ends = stops.TryFind(text, out int end);
            if (ends && beam.Ids.Length <= minTokens) continue;
            taken++;
            if (ends)
            {
                finished.Add(Finish(beam, text[..end]));
                continue;
            }

            extended.Add(beam);
            parents.Add(extension.Beam);
        }

        Advance(extended, parents);
        return extended;
    }

    /// <summary>All extensions of the beams by one token, most likely first.</summary>
    private PriorityQueue<(int Beam, int Id), (double, int, int)> Extensions(List<Beam> beams)
    {
        int vocabularySize = tokenizer.VocabularySize;
        // The unknown token has no text of its own, so it is never generated.
        int first = tokenizer is WordTokenizer ? WordTokenizer.UnknownId + 1 : 0;
        List<((int, int), (double, int, int))> extensions = new(beams.Count * vocabularySize);
        for (int beam = 0; beam < beams.Count; beam++)
        {
            Prediction prediction = new(logits.Span.Slice(beam * vocabularySize, vocabularySize));
            ReadOnlySpan<double> logProbabilities = prediction.LogProbabilities;
            for (int id = first; id < vocabularySize; id++)
                extensions.Add(((beam, id), (-(beams[beam].LogProbability + logProbabilities[id]), beam, id)));
        }

        return new(extensions);
    }

    private void Advance(List<Beam> beams, List<int> parents)
    {
        int[] tokens = [.. beams.Select(beam => beam.Ids[^1])];
        for (int row = 0; row < tokens.Length; row++) next.CopyFrom(state, parents[row], row);
        fixed (int* token = tokens) next.Advance(token, 0, tokens.Length);
        (state, next) = (next, state);
    }

    /// <summary>Whether no continuation of the best beam, whatever its length, can score better than the finished texts.</summary>
    private bool IsDecided(Beam best) =>
        finished.Count >= options.ResultCount
        && finished.OrderByDescending(text => text.Score).ElementAt(options.ResultCount - 1).Score >= Score(best.LogProbability, maxTokens);

    private BeamResult Finish(Beam beam, string text) =>
        new(text, beam.LogProbability, beam.Ids.Length, Score(beam.LogProbability, beam.Ids.Length));

    private double Score(double logProbability, int tokens) => logProbability / Math.Pow((5.0 + tokens) / 6, options.LengthPenalty);

    /// <summary>A partial text.</summary>
    private sealed record Beam(int[] Ids, double LogProbability);
}
