using System.Runtime.InteropServices;
using Aphorist.Numerics;

namespace Aphorist.Training.Distributed;

/// <summary>
/// Divides an array with the layout of the parameters into one piece per process, in whole chunks. Each process adds up the gradients of
/// its piece, updates its parameters, and gives them to the others (as in ZeRO stage 1: Rajbhandari et al., 2020).
/// </summary>
internal sealed unsafe class ParameterPieces
{
    private readonly IProcessGroup processes;
    private readonly int chunkLength, pieceLength, length;
    private readonly AlignedArray pieces;
    private readonly nint[] pointers;

    /// <param name="processes">The processes.</param>
    /// <param name="length">The number of parameters.</param>
    /// <param name="chunkLength">The parameters of a chunk.</param>
    public ParameterPieces(IProcessGroup processes, int length, int chunkLength)
    {
        (this.processes, this.length, this.chunkLength) = (processes, length, chunkLength);
        int chunks = (length + chunkLength - 1) / chunkLength, chunksOfPiece = (chunks + processes.Size - 1) / processes.Size;
        pieceLength = chunksOfPiece * chunkLength;
        FirstChunk = Math.Min(processes.Rank * chunksOfPiece, chunks);
        ChunkCount = Math.Min(chunksOfPiece, chunks - FirstChunk);
        AllChunks = chunksOfPiece * processes.Size;
        pieces = new AlignedArray(pieceLength * processes.Size);
        pointers = [.. Enumerable.Range(0, processes.Size).Select(piece => (nint)(pieces.Pointer + (nint)piece * pieceLength))];
    }

    /// <summary>Checks that the parameters can be exchanged.</summary>
    /// <exception cref="InvalidOptionsException">There are too many.</exception>
    public static void EnsureFit(int length, IProcessGroup processes)
    {
        // Bytes are counted with an int, and pieces are rounded up to chunks.
        if (processes.Size == 1 || length < int.MaxValue / sizeof(float) / 2) return;
        throw new InvalidOptionsException(
            $"A model of {length} parameters is too large to be trained in several processes. Use a smaller HiddenSize.",
            nameof(ModelSpec.HiddenSize));
    }

    /// <summary>The first chunk of this process.</summary>
    public int FirstChunk { get; }

    /// <summary>The number of chunks of this process.</summary>
    public int ChunkCount { get; }

    /// <summary>The chunks of all pieces. Those beyond the parameters are padding.</summary>
    public int AllChunks { get; }

    /// <summary>The length of an array that is sent in pieces: <see cref="AllChunks"/> chunks.</summary>
    public int AllLength => pieces.Length;

    /// <summary>Sends each process its piece of the gradients of this one.</summary>
    /// <param name="gradient">The sum over the shards of this process, of <see cref="AllLength"/>.</param>
    public void Exchange(ReadOnlySpan<float> gradient) =>
        processes.AllToAll(MemoryMarshal.AsBytes(gradient), MemoryMarshal.AsBytes(pieces.Span));

    /// <summary>Adds up what the processes sent of a chunk.</summary>
    /// <param name="chunk">The chunk, from 0 for the first one of this process.</param>
    /// <param name="working">The number of processes that had shards. The others sent nothing of use.</param>
    /// <returns>The sum.</returns>
    public ReadOnlySpan<float> SumOf(int chunk, int working)
    {
        SumTree.Add(pointers.AsSpan(0, working), chunk * chunkLength, chunkLength);
        return pieces.Span.Slice(chunk * chunkLength, chunkLength);
    }

    /// <summary>Completes an array of which each process has computed its piece.</summary>
    public void Gather(Span<float> values)
    {
        int start = FirstChunk * chunkLength, own = Math.Min(ChunkCount * chunkLength, length - start);
        if (own > 0) values.Slice(start, own).CopyTo(pieces.Span[(processes.Rank * pieceLength)..]);
        processes.AllGather(MemoryMarshal.AsBytes(pieces.Span));
        pieces.Span[..length].CopyTo(values);
    }
}
