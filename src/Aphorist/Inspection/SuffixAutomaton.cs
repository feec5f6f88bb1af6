using System.Numerics;

namespace Aphorist.Inspection;

/// <summary>
/// The smallest automaton that reads exactly the substrings of a sequence (Blumer et al., The smallest automaton recognizing the subwords
/// of a text, 1985). A state stands for the substrings that end at the same places of the sequence. The suffix link of a state leads to
/// the longest of their suffixes that also ends at other places. Building it takes linear time.
/// </summary>
internal sealed class SuffixAutomaton
{
    /// <summary>The state of the empty substring.</summary>
    public const int Root = 0;

    private const int None = -1;

    private readonly int symbolCount;
    private readonly EdgeTable targets = new();
    private readonly int[] lengths, links, firstEdges;

    // The symbols of the edges of each state, as linked lists.
    private readonly List<(int Symbol, int Next)> edges = [];

    /// <param name="sequence">The symbols, from 0.</param>
    /// <param name="symbolCount">The number of different symbols that <see cref="TryStep"/> may be asked for.</param>
    public SuffixAutomaton(ReadOnlySpan<int> sequence, int symbolCount)
    {
        this.symbolCount = symbolCount;
        // Never more than two states for each symbol.
        int capacity = checked(2 * sequence.Length + 1);
        (lengths, links, firstEdges) = (new int[capacity], new int[capacity], new int[capacity]);
        int last = AddState(0);
        links[Root] = None;
        int[] prefixes = new int[sequence.Length];
        for (int place = 0; place < sequence.Length; place++) prefixes[place] = last = Append(sequence[place], last);
        Prefixes = prefixes;
    }

    /// <summary>The number of states.</summary>
    public int Count { get; private set; }

    /// <summary>The state of each prefix of the sequence that is not empty, by its length - 1.</summary>
    public ReadOnlyMemory<int> Prefixes { get; }

    /// <summary>The length of the longest substring of a state.</summary>
    public int GetLength(int state) => lengths[state];

    /// <summary>The suffix link of a state other than <see cref="Root"/>.</summary>
    public int GetLink(int state) => links[state];

    /// <summary>Goes to the state of the same substrings with one more symbol, if that occurs.</summary>
    public bool TryStep(int state, int symbol, out int target)
    {
        target = targets.Find(KeyOf(state, symbol));
        return target != None;
    }

    /// <summary>All states, shorter ones first: each comes after its suffix link.</summary>
    public int[] GetStatesByLength()
    {
        int[] states = [.. Enumerable.Range(0, Count)];
        Array.Sort(lengths[..Count], states);
        return states;
    }

    private int Append(int symbol, int last)
    {
        int state = AddState(lengths[last] + 1), from = last;
        for (; from != None && targets.Find(KeyOf(from, symbol)) == None; from = links[from]) AddEdge(from, symbol, state);
        links[state] = from == None ? Root : SplitTarget(from, symbol);
        return state;
    }

    /// <summary>
    /// Finds the state whose longest substring is that of a state with one more symbol. If there is only one with longer substrings too,
    /// its shorter ones get a state of their own.
    /// </summary>
    private int SplitTarget(int from, int symbol)
    {
        int target = targets.Find(KeyOf(from, symbol)), length = lengths[from] + 1;
        if (lengths[target] == length) return target;
        int shorter = AddState(length);
        links[shorter] = links[target];
        for (int edge = firstEdges[target]; edge != None; edge = edges[edge].Next)
            AddEdge(shorter, edges[edge].Symbol, targets.Find(KeyOf(target, edges[edge].Symbol)));
        for (; from != None && targets.Find(KeyOf(from, symbol)) == target; from = links[from])
            targets.Set(KeyOf(from, symbol), shorter);
        links[target] = shorter;
        return shorter;
    }

    private int AddState(int length)
    {
        lengths[Count] = length;
        firstEdges[Count] = None;
        return Count++;
    }

    private void AddEdge(int state, int symbol, int target)
    {
        targets.Set(KeyOf(state, symbol), target);
        edges.Add((symbol, firstEdges[state]));
        firstEdges[state] = edges.Count - 1;
    }

    private long KeyOf(int state, int symbol) => (long)state * symbolCount + symbol;

    /// <summary>
    /// The targets of all edges by their keys. For long texts the time to search is that of memory accesses: a lookup here usually takes
    /// one, and one in a <see cref="Dictionary{TKey, TValue}"/> two or more.
    /// </summary>
    private sealed class EdgeTable
    {
        private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15; // Fibonacci hashing: 2^64 divided by the golden ratio.

        // A power of two entries, at most two thirds of them in use.
        private Entry[] entries = new Entry[64];
        private int count;

        /// <summary>The target of an edge, or <see cref="None"/>.</summary>
        public int Find(long key) => entries[IndexOf(key)] is { IsUsed: true } entry ? entry.Target : None;

        /// <summary>Adds an edge or changes its target.</summary>
        public void Set(long key, int target)
        {
            int index = IndexOf(key);
            if (!entries[index].IsUsed && 3L * ++count > 2L * entries.Length)
            {
                Entry[] old = entries;
                entries = new Entry[checked(2 * old.Length)];
                foreach (Entry entry in old)
                    if (entry.IsUsed) entries[IndexOf(entry.Key)] = entry;
                index = IndexOf(key);
            }

            entries[index] = new(key, target, IsUsed: true);
        }

        /// <summary>The index of the entry with a key, or of the free one where it belongs.</summary>
        private int IndexOf(long key)
        {
            int mask = entries.Length - 1, index = (int)(((ulong)key * Multiplier) >> (64 - BitOperations.Log2((uint)entries.Length)));
            while (entries[index].IsUsed && entries[index].Key != key) index = (index + 1) & mask;
            return index;
        }

        private readonly record struct Entry(long Key, int Target, bool IsUsed);
    }
}
