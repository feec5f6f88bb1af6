using System.Numerics.Tensors;

namespace Aphorist.Generation.Sampling;

/// <summary>
/// The candidates for the next token, with weights proportional to their probabilities. They are sorted only as far as a filter needs.
/// </summary>
/// <remarks>
/// A small vocabulary is sorted by <see cref="Ranking"/>; a large one by a heapsort that stops early, because filters often need only the
/// few most likely tokens. Equally likely tokens are ordered by id. Nothing is allocated after the constructor.
/// </remarks>
internal sealed class Candidates(int vocabularySize)
{
    private readonly double[] weights = new double[vocabularySize];
    private readonly double[] scores = new double[Ranking.PaddedLength(vocabularySize)];
    private readonly int[] ids = new int[vocabularySize];

    // Once ordered, ids[first..end] are the candidates: ids[first..heapEnd] is a heap, and ids[heapEnd..end] is sorted, most likely last.
    private int first, end, heapEnd;
    private bool isOrdered;

    /// <summary>The number of candidates.</summary>
    public int Count => end - first;

    /// <summary>Makes all tokens candidates, with the weights w_k = exp((z_k - max z) / T) in double precision.</summary>
    /// <param name="logits">z.</param>
    /// <param name="temperature">T, greater than 0; may be infinite.</param>
    public void Reset(ReadOnlySpan<float> logits, double temperature)
    {
        TensorPrimitives.ConvertTruncating(logits, weights);
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max(logits), weights);
        if (double.IsInfinity(temperature)) Equalize();
        else if (temperature != 1) TensorPrimitives.Divide(weights, temperature, weights);
        TensorPrimitives.Exp<double>(weights, weights);
        (first, end, heapEnd, isOrdered) = (0, weights.Length, weights.Length, false);
    }

    /// <summary>The sum of the candidates' weights.</summary>
    public double TotalWeight()
    {
        if (!isOrdered) return TensorPrimitives.Sum<double>(weights);
        double sum = 0;
        foreach (int id in ids.AsSpan(first, Count)) sum += weights[id];
        return sum;
    }

    /// <summary>The probability of each token, by id; 0 for one that is no candidate any more.</summary>
    public double[] Probabilities()
    {
        double[] probabilities = new double[weights.Length];
        double total = TotalWeight();
        for (int position = first; position < end; position++)
        {
            int id = isOrdered ? ids[position] : position;
            probabilities[id] = weights[id] / total;
        }

        return probabilities;
    }

    /// <summary>The weight of the candidate with a rank; 0 is the most likely one.</summary>
    public double WeightAt(int rank) => weights[IdAt(rank)];

    /// <summary>Keeps the first candidates in order of probability, or of typicality after <see cref="OrderByTypicality"/>.</summary>
    public void KeepMostLikely(int count)
    {
        if (count >= Count) return;
        IdAt(count - 1);
        (first, heapEnd) = (end - count, end - count);
    }

    /// <summary>Keeps as few of the first candidates as have at least a total probability, relative to all candidates.</summary>
    public void KeepProbability(double probability)
    {
        double missing = probability * TotalWeight();
        int kept = 0;
        while (kept < Count)
        {
            IdAt(kept);
            // What is sorted already is read in one loop.
            for (ReadOnlySpan<int> sorted = ids.AsSpan(heapEnd, end - heapEnd); kept < sorted.Length; kept++)
            {
                missing -= weights[sorted[sorted.Length - 1 - kept]];
                if (missing > 0) continue;
                KeepMostLikely(kept + 1);
                return;
            }
        }
    }

    /// <summary>
    /// Orders the candidates by the distance of their surprisal -log p from the entropy H = -sum p log p, until the next
    /// <see cref="Reset"/>.
    /// </summary>
    public void OrderByTypicality()
    {
        double logTotal = Math.Log(TotalWeight()), entropy = 0;
        for (int position = first; position < end; position++)
        {
            int id = isOrdered ? ids[position] : position;
            scores[id] = logTotal - Math.Log(weights[id]);
            // A token of probability 0 has an infinite score: it adds nothing, and comes last.
            if (weights[id] > 0) entropy += Math.Exp(-scores[id]) * scores[id];
        }

        for (int position = first; position < end; position++)
        {
            int id = isOrdered ? ids[position] : position;
            scores[id] = -Math.Abs(scores[id] - entropy);
        }

        if (isOrdered) MakeHeap();
        else Order();
    }

    /// <summary>Draws a candidate with a probability proportional to its weight.</summary>
    /// <param name="uniform">A random number from [0, 1).</param>
    public int Draw(double uniform)
    {
        double remaining = uniform * TotalWeight();
        if (isOrdered)
        {
            ReadOnlySpan<int> candidates = ids.AsSpan(first, Count);
            for (int index = candidates.Length - 1; index >= 0; index--)
            {
                remaining -= weights[candidates[index]];
                if (remaining < 0) return candidates[index];
            }
        }
        else
        {
            for (int id = 0; id < weights.Length; id++)
            {
                remaining -= weights[id];
                if (remaining < 0) return id;
            }
        }

        // Rounding errors may leave a remainder.
        return IdAt(0);
    }

    private int IdAt(int rank)
    {
        if (!isOrdered)
        {
            weights.CopyTo(scores, 0);
            Order();
        }

        while (end - heapEnd <= rank) TakeBest();
        return ids[end - 1 - rank];
    }

    /// <summary>
    /// Makes all tokens equally likely, except banned ones: minus infinity divided by an infinite temperature would be NaN.
    /// </summary>
    private void Equalize()
    {
        for (int id = 0; id < weights.Length; id++)
            if (double.IsFinite(weights[id])) weights[id] = 0;
    }

    /// <summary>Starts to order all tokens by their scores.</summary>
    private void Order()
    {
        isOrdered = true;
        if (ids.Length <= Ranking.MaxCount)
        {
            Ranking.Order(scores, ids);
            heapEnd = first;
            return;
        }

        for (int id = 0; id < ids.Length; id++) ids[id] = id;
        MakeHeap();
    }

    private void MakeHeap()
    {
        heapEnd = end;
        for (int parent = (heapEnd - first) / 2 - 1; parent >= 0; parent--) Sink(parent);
    }

    private void TakeBest()
    {
        heapEnd--;
        (ids[first], ids[heapEnd]) = (ids[heapEnd], ids[first]);
        Sink(0);
    }

    /// <summary>Moves a candidate down the heap, below all that are better.</summary>
    private void Sink(int parent)
    {
        Span<int> heap = ids.AsSpan(first, heapEnd - first);
        for (int child; (child = 2 * parent + 1) < heap.Length; parent = child)
        {
            if (child + 1 < heap.Length && IsBetter(heap[child + 1], heap[child])) child++;
            if (!IsBetter(heap[child], heap[parent])) return;
            (heap[parent], heap[child]) = (heap[child], heap[parent]);
        }
    }

    private bool IsBetter(int id, int other) => scores[id] > scores[other] || (scores[id] == scores[other] && id < other);
}
