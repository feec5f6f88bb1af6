using System.Text;

namespace Aphorist.Inspection;

/// <summary>
/// Finds the passages of texts that occur verbatim in a corpus: what a model has copied from its training text. The result is exact.
/// </summary>
/// <remarks>
/// The texts are indexed and the corpus is read once: an index of a large corpus would not fit in memory. Time is proportional to the
/// length of the corpus plus that of the texts. Memory is proportional to the length of the texts: about 250 bytes for each character.
/// </remarks>
public static class CopyFinder
{
    private const int CheckInterval = 1 << 16;

    // Of the last twentieth of a built-in English text, 0 % to 0.8 % is in such passages of the rest; of a Chinese text nothing.
    private const int DefaultMinimum = 40, DefaultIdeographicMinimum = 15;

    // The first character of the scripts in which a character says as much as two or three letters.
    private const int FirstIdeographic = 0x2E80;

    // The symbol of all characters that are in no text, and the one between two texts, which no character has.
    private const int Unknown = 0, Separator = 1;

    /// <summary>Finds the passages of a text that occur in a corpus.</summary>
    /// <param name="corpus">The corpus. Passages never span two of its files.</param>
    /// <param name="text">
    /// The text. It is normalized as the corpus is, and positions are those in the normalized text: open the corpus in lower case for a
    /// model of lower-case text.
    /// </param>
    /// <param name="options">What counts as copied, and how many passages are returned; null for the defaults.</param>
    /// <param name="progress">Receives progress if the corpus is not in memory.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
    /// <exception cref="CorpusException">The cached text of a large corpus can no longer be read.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    public static TextCopies Find(
        Corpus corpus,
        string text,
        CopyOptions? options = null,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default) =>
        Find(corpus, [text], options, progress, cancellationToken)[0];

    /// <summary>Finds the passages of several texts that occur in a corpus, which is read once for all of them.</summary>
    /// <param name="texts">The texts.</param>
    /// <returns>The result for each text, in their order.</returns>
    /// <inheritdoc cref="Find(Corpus, string, CopyOptions?, IProgress{CorpusProgress}?, CancellationToken)"/>
    public static IReadOnlyList<TextCopies> Find(
        Corpus corpus,
        IReadOnlyList<string> texts,
        CopyOptions? options = null,
        IProgress<CorpusProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new CopyOptions();
        options.Validate();
        int[] symbolOf = new int[0x110000];
        List<string> characters = ["", ""];
        List<int> symbols = [], starts = [];
        foreach (string text in texts)
        {
            ArgumentNullException.ThrowIfNull(text, nameof(texts));
            if (starts.Count > 0) symbols.Add(Separator);
            starts.Add(symbols.Count);
            foreach (Rune character in corpus.Normalization.Apply(text).EnumerateRunes())
            {
                ref int symbol = ref symbolOf[character.Value];
                if (symbol == Unknown)
                {
                    symbol = characters.Count;
                    characters.Add(character.ToString());
                }

                symbols.Add(symbol);
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        int[] joined = [.. symbols];
        SuffixAutomaton automaton = new(joined, characters.Count);
        CorpusMatch[] matches = Read(corpus, automaton, symbolOf, out bool isIdeographic, progress, cancellationToken);
        int minimum = options.MinimumLength ?? (isIdeographic ? DefaultIdeographicMinimum : DefaultMinimum);
        Extend(matches, automaton);
        TextCopies[] found = new TextCopies[texts.Count];
        for (int index = 0; index < found.Length; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int start = starts[index], end = index + 1 < starts.Count ? starts[index + 1] - 1 : joined.Length;
            CorpusMatch[] ends = [.. automaton.Prefixes.Span[start..end].ToArray().Select(state => matches[state])];
            string[] text = [.. joined[start..end].Select(symbol => characters[symbol])];
            found[index] = Collect(corpus, ends, text, minimum, options.MaxPassages);
        }

        return found;
    }

    /// <summary>
    /// Reads the corpus and follows the longest passage of the texts that ends at each of its characters. Returns the longest one for each
    /// state of the automaton.
    /// </summary>
    private static CorpusMatch[] Read(
        Corpus corpus,
        SuffixAutomaton automaton,
        int[] symbolOf,
        out bool isIdeographic,
        IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken)
    {
        CorpusMatch[] matches = new CorpusMatch[automaton.Count];
        IReadOnlyList<CorpusPart> parts = corpus.Parts;
        int state = SuffixAutomaton.Root, length = 0, part = 0;
        long position = 0, line = 1, ideographic = 0, next = parts.Count > 1 ? parts[1].Start : -1;
        foreach (string block in corpus.EnumerateBlocks())
        {
            for (int place = 0; place < block.Length; place++)
            {
                if (place % CheckInterval == 0) cancellationToken.ThrowIfCancellationRequested();
                int character = block[place];
                if (char.IsHighSurrogate(block[place])) character = char.ConvertToUtf32(block[place], block[++place]);
                while (position == next)
                {
                    part++;
                    next = part + 1 < parts.Count ? parts[part + 1].Start : -1;
                    (state, length, line) = (SuffixAutomaton.Root, 0, 1);
                }

                Advance(symbolOf[character]);
                if (length > matches[state].Length) matches[state] = new(length, position, line);
                position++;
                if (character == '\n') line++;
                if (character >= FirstIdeographic) ideographic++;
            }

            if (!corpus.IsInMemory) progress?.Report(new(CorpusStage.Compare, corpus.Name, position, corpus.CharacterCount));
        }

        isIdeographic = 2 * ideographic > position;
        return matches;

        void Advance(int symbol)
        {
            int target;
            while (!automaton.TryStep(state, symbol, out target))
            {
                if (state == SuffixAutomaton.Root) return;
                state = automaton.GetLink(state);
                length = automaton.GetLength(state);
            }

            state = target;
            length++;
        }
    }

    /// <summary>
    /// Completes the matches: where a passage occurs, so do its suffixes. Where no passage of a state occurs, the longest one is that of
    /// its suffix link.
    /// </summary>
    private static void Extend(CorpusMatch[] matches, SuffixAutomaton automaton)
    {
        int[] states = automaton.GetStatesByLength();
        foreach (int state in states.Reverse())
        {
            if (state == SuffixAutomaton.Root || matches[state].Length == 0) continue;
            int link = automaton.GetLink(state), length = automaton.GetLength(link);
            if (matches[link].Length < length) matches[link] = matches[state] with { Length = length };
        }

        foreach (int state in states)
            if (state != SuffixAutomaton.Root && matches[state].Length == 0) matches[state] = matches[automaton.GetLink(state)];
    }

    /// <summary>Counts the copied characters of a text and chooses its passages.</summary>
    /// <param name="corpus">The corpus.</param>
    /// <param name="ends">For each character, the longest passage that ends with it.</param>
    /// <param name="text">The characters.</param>
    /// <param name="minimum">The length from which on a passage counts.</param>
    /// <param name="maxPassages">The number of passages to choose.</param>
    private static TextCopies Collect(Corpus corpus, CorpusMatch[] ends, string[] text, int minimum, int maxPassages)
    {
        // A passage that ends with the next character and starts at the same one is longer. None can start before.
        int[] last = [.. Enumerable.Range(0, ends.Length).Where(
            place => ends[place].Length > 0 && (place + 1 == ends.Length || ends[place + 1].Length <= ends[place].Length))];
        int copied = 0, covered = 0;
        foreach (int place in last.Where(place => ends[place].Length >= minimum))
        {
            copied += place + 1 - Math.Max(covered, place + 1 - ends[place].Length);
            covered = place + 1;
        }

        List<CopiedPassage> passages = [];
        HashSet<string> known = [];
        bool[] isTaken = new bool[ends.Length];
        foreach (int place in last.OrderByDescending(place => ends[place].Length))
        {
            if (passages.Count == maxPassages) break;
            (int length, long end, long line) = ends[place];
            int start = place + 1 - length;
            // Passages that were taken are at least as long, so they contain the first or the last character of one that they overlap.
            if (isTaken[start] || isTaken[place]) continue;
            isTaken.AsSpan(start, length).Fill(true);
            string passage = string.Concat(text[start..(place + 1)]);
            if (!known.Add(passage)) continue;
            long position = end - length + 1;
            long breaks = text[start..place].LongCount(character => character == "\n");
            passages.Add(new(passage, start, length, corpus.GetPart(position).Name, line - breaks, position));
        }

        return new() { CharacterCount = text.Length, MinimumLength = minimum, CopiedCharacters = copied, Passages = passages };
    }

    /// <summary>A passage of the texts in the corpus.</summary>
    /// <param name="Length">Its number of characters; 0 for none.</param>
    /// <param name="End">The number of characters in the corpus before its last one.</param>
    /// <param name="Line">The line of its last character.</param>
    private readonly record struct CorpusMatch(int Length, long End, long Line);
}
