namespace Aphorist.Interop;

/// <summary>Matrices that have a row for each token.</summary>
internal static class TokenRows
{
    /// <summary>Puts the rows, which are in another program's order of the tokens, into ours.</summary>
    /// <param name="from">[V, ...].</param>
    /// <param name="places">Where in <paramref name="from"/> the row of each of our tokens is.</param>
    /// <param name="to">[V, ...].</param>
    public static void Copy(ReadOnlySpan<float> from, ReadOnlySpan<int> places, Span<float> to)
    {
        int length = from.Length / places.Length;
        for (int id = 0; id < places.Length; id++) from.Slice(places[id] * length, length).CopyTo(to[(id * length)..]);
    }
}
