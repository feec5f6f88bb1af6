using System.Runtime.InteropServices;

namespace Aphorist.Text.Tokenizers;

/// <summary>Counts the tokens of a text and chooses those of a vocabulary.</summary>
internal sealed class WordCounts
{
    private const string Space = " ";

    private readonly Dictionary<string, int> counts = new(StringComparer.Ordinal);
    private readonly int minimumCount;

    /// <param name="blocks">The text, in blocks that end where a token ends.</param>
    /// <param name="minimumCount">How often a word must occur, with or without its space, to be kept.</param>
    public WordCounts(IEnumerable<string> blocks, int minimumCount)
    {
        this.minimumCount = minimumCount;
        bool hasSpaces = false;
        foreach (string text in blocks)
        {
            Count(text);
            hasSpaces = hasSpaces || text.Contains(' ');
        }

        SplitRareWords();
        // The space alone is needed as soon as a word with its space does not fit into the vocabulary.
        if (hasSpaces) counts.TryAdd(Space, 0);
        counts.Remove(WordTokenizer.UnknownToken);
    }

    /// <summary>
    /// Chooses the unknown token, then the tokens by descending count, and by ordinal order where counts are equal. Single characters are
    /// kept before words if not all fit.
    /// </summary>
    public WordVocabulary Choose(int maximumSize)
    {
        string[] tokens = [.. ChooseTokens(maximumSize)];
        HashSet<string> chosen = [.. tokens];
        (string Word, int Count)[] words = [.. counts.Where(entry => WordSplitter.IsWord(entry.Key)).Select(WithoutSpace)];
        return new(tokens, SpellingModel.Count([.. Missing(chosen)], words.Length > 0 ? words : [.. counts.Select(WithoutSpace)]));
    }

    private static (string Word, int Count) WithoutSpace(KeyValuePair<string, int> entry) =>
        (entry.Key is [' ', _, ..] ? entry.Key[1..] : entry.Key, entry.Value);

    /// <summary>What becomes the unknown token when the text is encoded with the chosen tokens.</summary>
    private IEnumerable<(string Word, int Count)> Missing(HashSet<string> chosen)
    {
        foreach (KeyValuePair<string, int> entry in counts.Where(entry => !chosen.Contains(entry.Key)))
        {
            (string word, int count) = WithoutSpace(entry);
            // A word with a space is encoded as the space and the word without it.
            if (word.Length < entry.Key.Length && !chosen.Contains(Space)) yield return (Space, count);
            if (!chosen.Contains(word)) yield return (word, count);
        }
    }

    private IEnumerable<string> ChooseTokens(int maximumSize) => counts
        .Select(entry => (Token: entry.Key, Count: entry.Value, IsWord: WordSplitter.IsWord(entry.Key)))
        .Where(entry => !entry.IsWord || entry.Count + counts.GetValueOrDefault(Space + entry.Token) >= minimumCount)
        .OrderBy(entry => entry.IsWord).ThenByDescending(entry => entry.Count).ThenBy(entry => entry.Token, StringComparer.Ordinal)
        .Take(maximumSize - 1)
        .OrderByDescending(entry => entry.Count).ThenBy(entry => entry.Token, StringComparer.Ordinal)
        .Select(entry => entry.Token)
        .Prepend(WordTokenizer.UnknownToken);

    private void Count(ReadOnlySpan<char> text)
    {
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> spans = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        while (!text.IsEmpty)
        {
            int length = WordSplitter.FirstLength(text);
            CollectionsMarshal.GetValueRefOrAddDefault(spans, text[..length], out _)++;
            text = text[length..];
        }
    }

    /// <summary>Counts a word that is rare with its space as what it is encoded as: the space, and the word without it.</summary>
    private void SplitRareWords()
    {
        foreach ((string token, int count) in counts.Where(entry => entry.Key is [' ', _, ..] && entry.Value < minimumCount).ToArray())
        {
            counts.Remove(token);
            counts[Space] = counts.GetValueOrDefault(Space) + count;
            counts[token[1..]] = counts.GetValueOrDefault(token[1..]) + count;
        }
    }
}
