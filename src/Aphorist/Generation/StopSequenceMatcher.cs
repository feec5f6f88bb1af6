using System.Text;
using Aphorist.Text;

namespace Aphorist.Generation;

/// <summary>
/// Finds stop sequences in a text while it is generated. Text that may be the start of one is held back until that is clear.
/// </summary>
/// <param name="sequences">The stop sequences, as <see cref="Normalize"/> returns them.</param>
internal sealed class StopSequenceMatcher(string[] sequences)
{
    private string held = "";

    /// <summary>Whether there are any stop sequences.</summary>
    public bool Any => sequences.Length > 0;

    /// <summary>Whether a stop sequence was found, which ends the text.</summary>
    public bool IsFound { get; private set; }

    /// <summary>Normalizes stop sequences and checks that the model can generate them.</summary>
    /// <exception cref="InvalidOptionsException">A sequence is empty or has a character that the model never generates.</exception>
    public static string[] Normalize(IReadOnlyList<string> sequences, Tokenizer tokenizer)
    {
        string[] normalized = [.. sequences.Select(tokenizer.Normalization.Apply)];
        if (normalized.Contains(""))
            throw new InvalidOptionsException("StopSequences contains an empty text. Remove it.", nameof(GenerationOptions.StopSequences));
        if (normalized.Length == 0 || tokenizer is ByteTokenizer) return normalized;
        HashSet<Rune> known = [.. Enumerable.Range(0, tokenizer.VocabularySize).SelectMany(id => tokenizer.Decode([id]).EnumerateRunes())];
        foreach (string sequence in normalized)
        {
            foreach (Rune character in sequence.EnumerateRunes())
            {
                if (known.Contains(character)) continue;
                throw new InvalidOptionsException(
                    $"The stop sequence '{VisibleText.Of(sequence)}' cannot occur, because the model does not know "
                    + $"{CharacterName.Of(character)}. Change or remove it.", nameof(GenerationOptions.StopSequences));
            }
        }

        return normalized;
    }

    /// <summary>Starts another text.</summary>
    public void Reset() => (held, IsFound) = ("", false);

    /// <summary>Returns whether a piece would complete a stop sequence.</summary>
    public bool WouldMatch(string piece) => IndexOfFirst(held + piece) >= 0;

    /// <summary>Returns whether a whole text contains a stop sequence, and the index of the first one.</summary>
    public bool TryFind(string text, out int index) => (index = IndexOfFirst(text)) >= 0;

    /// <summary>Adds the next piece and returns the text that is certain now.</summary>
    public string Add(string piece)
    {
        string text = held.Length == 0 ? piece : held + piece;
        int index = IndexOfFirst(text);
        IsFound = index >= 0;
        int certain = IsFound ? index : text.Length - LengthOfPossibleStart(text);
        held = IsFound ? "" : text[certain..];
        return certain == text.Length ? text : text[..certain];
    }

    /// <summary>Ends the text and returns what was held back.</summary>
    public string Finish()
    {
        string rest = held;
        held = "";
        return rest;
    }

    private int IndexOfFirst(string text)
    {
        int first = -1;
        foreach (string sequence in sequences)
        {
            int index = text.IndexOf(sequence, StringComparison.Ordinal);
            if (index >= 0 && (first < 0 || index < first)) first = index;
        }

        return first;
    }

    /// <summary>The length of the longest suffix of a text that is a prefix of a stop sequence.</summary>
    private int LengthOfPossibleStart(string text)
    {
        int longest = 0;
        foreach (string sequence in sequences)
        {
            for (int length = Math.Min(sequence.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(sequence.AsSpan(0, length))) longest = length;
            }
        }

        return longest;
    }
}
