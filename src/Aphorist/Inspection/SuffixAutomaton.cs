using System.Runtime.InteropServices;

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
    private readonly Dictionary<long, int> targets = [];
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
    public bool TryStep(int state, int symbol, out int target) => targets.TryGetValue(KeyOf(state, symbol), out target);

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
        for (; from != None && !targets.ContainsKey(KeyOf(from, symbol)); from = links[from]) AddEdge(from, symbol, state);
        links[state] = from == None ? Root : SplitTarget(from, symbol);
        return state;
    }

    /// <summary>
    /// Finds the state whose longest substring is that of a state with one more symbol. If there is only one with longer substrings too,
    /// its shorter ones get a state of their own.
    /// </summary>
    private int SplitTarget(int from, int symbol)
    {
        int target = targets[KeyOf(from, symbol)], length = lengths[from] + 1;
        if (lengths[target] == length) return target;
        int shorter = AddState(length);
        links[shorter] = links[target];
        for (int edge = firstEdges[target]; edge != None; edge = edges[edge].Next)
            AddEdge(shorter, edges[edge].Symbol, targets[KeyOf(target, edges[edge].Symbol)]);
        for (; from != None && TryRedirect(from, symbol, target, shorter); from = links[from])
        {
        }

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
        targets.Add(KeyOf(state, symbol), target);
        edges.Add((symbol, firstEdges[state]));
        firstEdges[state] = edges.Count - 1;
    }

    private bool TryRedirect(int state, int symbol, int from, int to)
    {
        ref int target = ref CollectionsMarshal.GetValueRefOrNullRef(targets, KeyOf(state, symbol));
        if (target != from) return false;
        target = to;
        return true;
    }

    private long KeyOf(int state, int symbol) => (long)state * symbolCount + symbol;
}
