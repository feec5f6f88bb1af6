using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Equal parts of a text that are read side by side, token by token, each from a little before its beginning. They are fetched some hundred tokens at a time.</summary>
/// <param name="ids">The corpus.</param>
/// <param name="begin">Where in it the text begins.</param>
/// <param name="first">Where in it the first of these parts begins.</param>
/// <param name="length">Tokens of a part.</param>
/// <param name="rows">How many parts.</param>
internal sealed class ParallelSegments(TokenSequence ids, long begin, long first, long length, int rows)
{
    private const int Fetched = 512;

    // Of each part those from the fetched position on, and the one after them; zeros beyond both ends of the text.
    private readonly int[] tokens = new int[rows * (Fetched + 1)];
    private long position, fetchedFrom = long.MinValue;

    public long Length => length;

    /// <summary>Goes to a position, counted from each part's beginning.</summary>
    public void MoveTo(long position)
    {
        this.position = position;
        if (fetchedFrom != long.MinValue && position - fetchedFrom < Fetched) return;
        fetchedFrom = position;
        for (int row = 0; row < rows; row++) Fetch(PlaceOf(row), tokens.AsSpan(row * (Fetched + 1), Fetched + 1));
    }

    /// <summary>Whether the text begins here, or has not begun yet.</summary>
    public bool IsBegin(int row) => PlaceOf(row) <= begin;

    public bool HasNext(int row) => PlaceOf(row) + 1 < ids.Count;

    public int Current(int row) => tokens[row * (Fetched + 1) + (int)(position - fetchedFrom)];

    public int Next(int row) => tokens[row * (Fetched + 1) + (int)(position - fetchedFrom) + 1];

    private long PlaceOf(int row) => first + row * length + position;

    private void Fetch(long place, Span<int> destination)
    {
        destination.Clear();
        long from = Math.Max(place, begin), to = Math.Min(place + destination.Length, ids.Count);
        if (from < to) ids.Read(from, destination.Slice((int)(from - place), (int)(to - from)));
    }
}
