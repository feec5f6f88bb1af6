using System.Globalization;
using System.Text;
using Aphorist.Inspection;
using Aphorist.Text;

namespace Aphorist.Studio.Inside.Reading;

/// <summary>How well a text can be cut at a place, in ascending order.</summary>
internal enum Boundary
{
    /// <summary>Within a character, or before a mark that belongs to the character before it.</summary>
    None,

    /// <summary>Between two characters in Chinese and Japanese.</summary>
    Character,

    /// <summary>Between two clauses in Chinese and Japanese, between two characters elsewhere.</summary>
    Clause,

    /// <summary>Between two sentences in Chinese and Japanese, between two words elsewhere.</summary>
    Sentence,
}

/// <summary>The place before a character or word.</summary>
/// <param name="Boundary">How well the text can be cut there.</param>
/// <param name="CanBegin">Whether a passage can begin there.</param>
/// <param name="Width">The number of characters that follow, in which a Chinese or Japanese one counts twice, as it says more.</param>
internal readonly record struct PassagePlace(Boundary Boundary, bool CanBegin, int Width);

/// <summary>
/// Finds the places where a text can be cut into passages: between sentences in Chinese and Japanese, and between words elsewhere.
/// </summary>
/// <param name="longest">The width after which a passage begins although no sentence does, as in a text without punctuation.</param>
internal sealed class PassageBoundaries(int longest)
{
    private readonly FeatureTrack sentences = TextFeature.PositionInSentence.CreateTrack();
    private Rune before = new('\n');
    private bool isUnspaced;
    private int sinceBegin;

    /// <summary>Reads the next character or word and describes the place before it.</summary>
    public PassagePlace Read(string text)
    {
        Rune previous = before, first = Rune.GetRuneAt(text, 0);
        bool isWhite = Rune.IsWhiteSpace(first), isBlank = string.IsNullOrWhiteSpace(text), beginsSentence = false, isBetween = false;
        int width = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            double position = sentences.Read(character);
            beginsSentence |= position == 1;
            isBetween = position == 0;
            isUnspaced = (isUnspaced && position > 1) || Script.IsUnspaced(character.Value);
            width += Script.IsUnspaced(character.Value) ? 2 : 1;
            before = character;
        }

        Boundary boundary =
            CombiningMark.Is(first) ? Boundary.None
            : beginsSentence || isBetween ? Boundary.Sentence
            : isUnspaced ? UnspacedBoundary(previous, first)
            : isWhite || Rune.IsWhiteSpace(previous) ? Boundary.Sentence
            : Boundary.Clause;
        // A word with the space before it is not blank.
        bool canBegin = !isBlank && boundary >= Required(sinceBegin, longest);
        sinceBegin = canBegin ? width : sinceBegin + width;
        return new(boundary, canBegin, width);
    }

    /// <summary>The boundary that is good enough at a width. The longer a passage is, the less is asked for.</summary>
    public static Boundary Required(int width, int longest) =>
        width < longest ? Boundary.Sentence : width < 2 * longest ? Boundary.Clause : Boundary.Character;

    private static Boundary UnspacedBoundary(Rune previous, Rune next)
    {
        bool isContinuation = Rune.GetUnicodeCategory(next) is UnicodeCategory.OtherPunctuation or UnicodeCategory.ClosePunctuation
            or UnicodeCategory.FinalQuotePunctuation;
        return isContinuation ? Boundary.None
            : Rune.IsPunctuation(previous) || Rune.IsWhiteSpace(previous) || Rune.IsWhiteSpace(next) ? Boundary.Clause
            : Boundary.Character;
    }
}
