using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Aphorist.Training.Distributed;

namespace Aphorist.Training;

/// <summary>The end of a step: the sum of the gradients, and the update of the parameters.</summary>
/// <remarks>
/// Chunk by chunk, so that all threads take part. With several processes, each adds up the gradients of its shards, sends a piece of that
/// sum to every other process, adds up what it receives for its own piece, updates the parameters of its piece, and gathers the others.
/// </remarks>
internal sealed unsafe partial class TrainingStep
{
    // Parameters of a chunk.
    private const int ChunkLength = 4096;

    /// <summary>Adds up the gradients and updates the parameters. To clip the norm, all gradients must be added first.</summary>
    private void Update()
    {
        if (pieces is null && options.ClipNorm == 0)
        {
            workers.Run(squares.Length, addAndUpdate);
            GradientNorm = Math.Sqrt(squares.Sum());
            return;
        }

        int chunks = (moments[0].Length + ChunkLength - 1) / ChunkLength;
        workers.Run(chunks, addGradients);
        if (pieces is not null) ExchangeGradients(pieces);
        double norm = GradientNorm = Math.Sqrt(squares.Sum());
        if (options.ClipNorm > 0 && norm > options.ClipNorm) current = current with { GradientScale = (float)(options.ClipNorm / norm) };
        if (pieces is null)
        {
            workers.Run(chunks, updateParameters);
            return;
        }

        workers.Run(pieces.ChunkCount, updatePiece);
        areMomentsComplete = false;
        pieces.Gather(model.Parameters.Values);
        if (average is not null) workers.Run(chunks, updateAverage);
    }

    private void ExchangeGradients(ParameterPieces own)
    {
        own.Exchange(gradients[0].Span);
        workers.Run(own.ChunkCount, addPieces);
        processes.AllGather(MemoryMarshal.AsBytes(squares.AsSpan()));
    }

    /// <summary>Adds up the gradients of the shards of this process and, if it is the only one, the squares of the sum.</summary>
    private void AddGradients(int chunk)
    {
        (int start, int length) = RangeOf(chunk);
        SumTree.Add(gradientPointers.AsSpan(0, block.CountIn(shards)), start, length);
        if (pieces is not null) return;
        // The chunk is still in the first-level cache, so this costs next to nothing.
        squares[chunk] = TensorPrimitives.SumOfSquares<float>(gradients[0].Span.Slice(start, length));
    }

    /// <summary>Adds up the gradients of all processes, and the squares of the sum.</summary>
    /// <param name="chunk">The chunk, from 0 for the first one of this process.</param>
    private void AddPieces(int chunk)
    {
        ReadOnlySpan<float> received = pieces!.SumOf(chunk, block.WorkingIn(shards));
        (int start, int length) = RangeOf(pieces.FirstChunk + chunk);
        Span<float> sum = gradients[0].Span.Slice(start, length);
        received[..length].CopyTo(sum);
        squares[pieces.FirstChunk + chunk] = TensorPrimitives.SumOfSquares<float>(sum);
    }

    private void UpdateParameters(int chunk)
    {
        (int start, int length) = RangeOf(chunk);
        Span<float> second = moments.Length > 1 ? moments[1].Span.Slice(start, length) : [];
        optimizer.Update(
            model.Parameters.Values.Slice(start, length),
            gradients[0].Span.Slice(start, length),
            moments[0].Span.Slice(start, length),
            second,
            current with { Number = current.Number + StepsBefore });
        if (pieces is null) UpdateAverage(chunk);
    }

    private void UpdateAverage(int chunk)
    {
        (int start, int length) = RangeOf(chunk);
        average?.Update(start, length, current.Number);
    }

    private (int Start, int Length) RangeOf(int chunk) =>
        (chunk * ChunkLength, Math.Min(ChunkLength, moments[0].Length - chunk * ChunkLength));
}
