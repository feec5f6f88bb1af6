using System.Numerics.Tensors;

namespace Aphorist.Generation.Sampling;

/// <summary>The tokens that may come next, with weights proportional to their probabilities; brought into an order only as far as a filter asks.</summary>
/// <remarks>
/// The order of a small vocabulary is counted out; that of a large one is found by a heap, which is a heapsort that ends early: the likeliest cost
/// little when few of them are wanted. What is equally likely is ordered by id. Nothing is allocated after the constructor.
/// </remarks>
internal sealed class Candidates(int tokens)
{
    private readonly double[] weights = new double[tokens];
    private readonly double[] scores = new double[Ranking.PaddedLength(tokens)];
    private readonly int[] ids = new int[tokens];

    // ids[first..end] are the candidates; of these, ids[first..heapEnd] are a heap, and ids[heapEnd..end] are taken from it: the last one first.
    private int first, end, heapEnd;
    private bool isOrdered;

    /// <summary>How many there are.</summary>
    public int Count => end - first;

    /// <summary>Begins with all tokens: w_k = exp((z_k - max z) / T), in double precision and without a logarithm of a probability, so nothing underflows that matters.</summary>
    /// <param name="logits">z.</param>
    /// <param name="temperature">T, above 0.</param>
    public void Begin(ReadOnlySpan<float> logits, double temperature)
    {
        TensorPrimitives.ConvertTruncating(logits, weights);
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max(logits), weights);
        if (double.IsInfinity(temperature)) MakeEqual();
        else if (temperature != 1) TensorPrimitives.Divide(weights, temperature, weights);
        TensorPrimitives.Exp<double>(weights, weights);
        (first, end, heapEnd, isOrdered) = (0, weights.Length, weights.Length, false);
    }

    /// <summary>The sum of all weights.</summary>
    public double TotalWeight()
    {
        if (!isOrdered) return TensorPrimitives.Sum<double>(weights);
        double sum = 0;
        foreach (int id in ids.AsSpan(first, Count)) sum += weights[id];
        return sum;
    }

    /// <summary>The weight of the likeliest candidate (place 0), the next (place 1) and so on.</summary>
    public double WeightAt(int place) => weights[IdAt(place)];

    /// <summary>Keeps the likeliest.</summary>
    public void KeepLikeliest(int count)
    {
        if (count >= Count) return;
        IdAt(count - 1);
        (first, heapEnd) = (end - count, end - count);
    }

    /// <summary>Orders the candidates anew, until the next <see cref="Begin"/>: first those whose surprise -log p is nearest to the entropy H = -sum p log p.</summary>
    public void OrderByTypicality()
    {
        double logTotal = Math.Log(TotalWeight()), entropy = 0;
        for (int place = first; place < end; place++)
        {
            int id = isOrdered ? ids[place] : place;
            scores[id] = logTotal - Math.Log(weights[id]);
            // What cannot be adds nothing, and comes last.
            if (weights[id] > 0) entropy += Math.Exp(-scores[id]) * scores[id];
        }

        for (int place = first; place < end; place++)
        {
            int id = isOrdered ? ids[place] : place;
            scores[id] = -Math.Abs(scores[id] - entropy);
        }

        if (isOrdered) MakeHeap();
        else Order();
    }

    /// <summary>Takes one of the candidates with a probability proportional to its weight.</summary>
    /// <param name="uniform">A random number from [0, 1).</param>
    public int Draw(double uniform)
    {
        double left = uniform * TotalWeight();
        for (int place = 0; place < Count; place++)
        {
            int id = isOrdered ? ids[end - 1 - place] : place;
            left -= weights[id];
            if (left < 0) return id;
        }

        // Rounding may leave a little; what is likeliest is never far from right.
        return IdAt(0);
    }

    private int IdAt(int place)
    {
        if (!isOrdered)
        {
            weights.CopyTo(scores, 0);
            Order();
        }

        while (end - heapEnd <= place) TakeBest();
        return ids[end - 1 - place];
    }

    /// <summary>Makes all that can be equally likely: what is banned is minus infinity, whose share of an infinite temperature would be no number.</summary>
    private void MakeEqual()
    {
        for (int id = 0; id < weights.Length; id++)
            if (double.IsFinite(weights[id])) weights[id] = 0;
    }

    /// <summary>Orders all tokens by their scores.</summary>
    private void Order()
    {
        isOrdered = true;
        if (ids.Length <= Ranking.MostNumbers)
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

    /// <summary>Lets a candidate of the heap sink below all that are better.</summary>
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
