using Aphorist.Model;
using Aphorist.Numerics;

namespace Aphorist.Generation;

/// <summary>Looks for the likeliest text: of all ways to go on with the best beginnings, the best are the next beginnings. All of them are advanced as one matrix product.</summary>
internal sealed unsafe class BeamSearch(PackedWeights weights, BeamOptions options, StopOptions stop, int length)
{
    private readonly Tokenizer tokenizer = weights.Model.Tokenizer;
    private readonly StopSequenceMatcher stops = new(StopSequenceMatcher.Of(stop, weights.Model.Tokenizer));
    private readonly AlignedArray logits = new(options.BeamWidth * weights.Model.Tokenizer.VocabularySize);
    private readonly List<BeamResult> finished = [];
    private InferenceState state = new(weights, options.BeamWidth), next = new(weights, options.BeamWidth);

    /// <summary>The best texts that follow a prompt.</summary>
    public IReadOnlyList<BeamResult> Run(int[] prompt, CancellationToken cancellationToken)
    {
        foreach (int id in prompt) state.Advance(&id, 0, 1);
        List<Beam> beams = [new Beam([], 0)];
        for (int written = 0; written < length && beams.Count > 0 && !IsDecided(beams[0]); written++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            beams = Extend(beams);
        }

        return [.. finished.Concat(beams.Select(beam => Finish(beam, tokenizer.Decode(beam.Ids)))).OrderByDescending(text => text.Score).Take(options.ResultCount)];
    }

    /// <summary>The best beams one token longer; those that end with it are finished.</summary>
    private List<Beam> Extend(List<Beam> beams)
    {
        state.Decode(0, beams.Count, logits.Pointer);
        PriorityQueue<(int Beam, int Id), (double, int, int)> ways = Ways(beams);
        List<Beam> extended = [];
        List<int> parents = [];
        // What ends takes a place, too, so that a search is over when all that is likely has ended.
        for (int taken = 0; taken < options.BeamWidth && ways.TryDequeue(out (int Beam, int Id) way, out (double LogProbability, int, int) rank);)
        {
            Beam beam = new([.. beams[way.Beam].Ids, way.Id], -rank.LogProbability);
            string text = stops.Any ? tokenizer.Decode(beam.Ids) : "";
            bool ends = stops.EndIn(text, out int end);
            if (ends && beam.Ids.Length <= stop.MinimumLength) continue;
            taken++;
            if (ends)
            {
                finished.Add(Finish(beam, text[..end]));
                continue;
            }

            extended.Add(beam);
            parents.Add(way.Beam);
        }

        Advance(extended, parents);
        return extended;
    }

    /// <summary>All ways to go on, the likeliest first.</summary>
    private PriorityQueue<(int Beam, int Id), (double, int, int)> Ways(List<Beam> beams)
    {
        int first = tokenizer.UnknownTokenId is int unknown ? unknown + 1 : 0;
        List<((int, int), (double, int, int))> ways = new(beams.Count * tokenizer.VocabularySize);
        for (int beam = 0; beam < beams.Count; beam++)
        {
            ReadOnlySpan<double> following = new Prediction(logits.Span.Slice(beam * tokenizer.VocabularySize, tokenizer.VocabularySize)).LogProbabilities;
            for (int id = first; id < following.Length; id++) ways.Add(((beam, id), (-(beams[beam].LogProbability + following[id]), beam, id)));
        }

        return new(ways);
    }

    private void Advance(List<Beam> beams, List<int> parents)
    {
        int[] tokens = [.. beams.Select(beam => beam.Ids[^1])];
        for (int row = 0; row < tokens.Length; row++) next.CopyFrom(state, parents[row], row);
        fixed (int* token = tokens) next.Advance(token, 0, tokens.Length);
        (state, next) = (next, state);
    }

    /// <summary>Whether nothing that grows out of the best beam, at whatever length, can be better than what is finished.</summary>
    private bool IsDecided(Beam best) =>
        finished.Count >= options.ResultCount
        && finished.OrderByDescending(text => text.Score).ElementAt(options.ResultCount - 1).Score >= Score(best.LogProbability, length);

    private BeamResult Finish(Beam beam, string text) => new(text, beam.LogProbability, beam.Ids.Length, Score(beam.LogProbability, beam.Ids.Length));

    private double Score(double logProbability, int tokens) => logProbability / Math.Pow((5.0 + tokens) / 6, options.LengthPenalty);

    /// <summary>The beginning of a text.</summary>
    private sealed record Beam(int[] Ids, double LogProbability);
}
