using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Segments of a text that are read in parallel, token by token, each from some tokens before its start.</summary>
/// <param name="ids">The corpus.</param>
/// <param name="begin">Where in the corpus the text starts.</param>
/// <param name="first">Where in the corpus the first of these segments starts.</param>
/// <param name="length">The number of tokens of a segment.</param>
/// <param name="distance">Tokens between the starts of two segments.</param>
/// <param name="rows">The number of segments.</param>
internal sealed class ParallelSegments(TokenSequence ids, long begin, long first, long length, long distance, int rows)
{
    private const int BlockLength = 512;

    // A block of each segment and the token after it; zeros before and after the text.
    private readonly int[] tokens = new int[rows * (BlockLength + 1)];
    private long position, blockStart = long.MinValue;

    public long Length => length;

    public int Rows => rows;

    /// <summary>Moves to a position, counted from the start of each segment.</summary>
    public void MoveTo(long position)
    {
        this.position = position;
        if (blockStart != long.MinValue && position - blockStart < BlockLength) return;
        blockStart = position;
        for (int row = 0; row < rows; row++) ReadBlock(PlaceOf(row), tokens.AsSpan(row * (BlockLength + 1), BlockLength + 1));
    }

    /// <summary>Whether the position is at or before the start of the text.</summary>
    public bool IsBegin(int row) => PlaceOf(row) <= begin;

    public bool HasNext(int row) => PlaceOf(row) + 1 < ids.Count;

    public int Current(int row) => tokens[row * (BlockLength + 1) + (int)(position - blockStart)];

    public int Next(int row) => tokens[row * (BlockLength + 1) + (int)(position - blockStart) + 1];

    private long PlaceOf(int row) => first + row * distance + position;

    private void ReadBlock(long place, Span<int> destination)
    {
        destination.Clear();
        long from = Math.Max(place, begin), to = Math.Min(place + destination.Length, ids.Count);
        if (from < to) ids.Read(from, destination.Slice((int)(from - place), (int)(to - from)));
    }
}
