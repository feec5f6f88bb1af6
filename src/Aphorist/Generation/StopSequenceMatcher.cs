using System.Text;
using Aphorist.Text;

namespace Aphorist.Generation;

/// <summary>The texts that end a text, found while it is written. For one text at a time; what might be their beginning is held back until it is clear.</summary>
/// <param name="texts">As <see cref="Of"/> checks them.</param>
internal sealed class StopSequenceMatcher(string[] texts)
{
    private string held = "";

    /// <summary>Whether there are any.</summary>
    public bool Any => texts.Length > 0;

    /// <summary>Whether one was found; then the text is over.</summary>
    public bool IsFound { get; private set; }

    /// <summary>The stop texts of options, normalised as a tokenizer says.</summary>
    /// <exception cref="ArgumentException">A text is empty, or has a character that the model never writes.</exception>
    public static string[] Of(StopOptions options, Tokenizer tokenizer)
    {
        string[] texts = [.. options.Texts.Select(tokenizer.Normalization.Apply)];
        if (texts.Contains("")) throw new ArgumentException("A stop text is empty: leave it out.");
        foreach (string text in texts)
        {
            foreach (Rune character in text.EnumerateRunes())
            {
                if (!tokenizer.CanDecodeTo(character))
                    throw new ArgumentException($"The stop text '{VisibleText.Of(text)}' never occurs, since the model does not know {CharacterName.Of(character)}: change it or leave it out.");
            }
        }

        return texts;
    }

    /// <summary>Begins another text.</summary>
    public void Begin() => (held, IsFound) = ("", false);

    /// <summary>Whether one would be found with this piece.</summary>
    public bool WouldBeFound(string piece) => FirstOf(held + piece) >= 0;

    /// <summary>Whether a whole text has one in it, and where the first begins.</summary>
    public bool EndIn(string text, out int end) => (end = FirstOf(text)) >= 0;

    /// <summary>Takes the next piece and returns what certainly belongs to the text.</summary>
    public string Add(string piece)
    {
        string text = held.Length == 0 ? piece : held + piece;
        int end = FirstOf(text);
        IsFound = end >= 0;
        int certain = IsFound ? end : text.Length - LengthOfBeginning(text);
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

    /// <summary>Where the first of the texts begins; -1 if there is none.</summary>
    private int FirstOf(string text)
    {
        int first = -1;
        foreach (string stop in texts)
        {
            int at = text.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first)) first = at;
        }

        return first;
    }

    /// <summary>The length of the longest end of a text that is the beginning of one of the texts.</summary>
    private int LengthOfBeginning(string text)
    {
        int longest = 0;
        foreach (string stop in texts)
        {
            for (int length = Math.Min(stop.Length - 1, text.Length); length > longest; length--)
            {
                if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))) longest = length;
            }
        }

        return longest;
    }
}
