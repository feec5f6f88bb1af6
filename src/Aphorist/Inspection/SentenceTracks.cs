using System.Globalization;
using System.Text;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.PositionInSentence"/>.</summary>
internal sealed class SentencePositionTrack : FeatureTrack
{
    private readonly BlankLines blankLines = new();
    private readonly QuotationTrack quotation = new();
    private long position;
    private bool isInQuotation;

    // Whether the last characters end a sentence: for certain, or only if what follows shows it, unlike in "3.14".
    private bool isEnded, mayBeEnded;

    public override double Read(Rune character)
    {
        bool wasInQuotation = isInQuotation;
        isInQuotation = quotation.Read(character) > 0;
        UnicodeCategory category = Rune.GetUnicodeCategory(character);
        bool isClosing = (wasInQuotation && !isInQuotation) || character.Value == '\'' ||
            category is UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation;
        bool isOpening = (!wasInQuotation && isInQuotation) ||
            category is UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation;
        bool isMark = IsCertainMark(character) || character.Value is '．' or '.' or '!' or '?';
        bool endsBlankLine = blankLines.EndsWith(character);
        if (endsBlankLine || (Rune.IsWhiteSpace(character) && (position == 0 || mayBeEnded))) Begin(0);
        else if (isMark || isClosing) position++;
        else if (isEnded || (mayBeEnded && (isOpening || IsUnspaced(character)))) Begin(1);
        else (position, mayBeEnded) = (position + 1, false);
        if (position == 0) return 0;
        mayBeEnded |= isMark;
        isEnded |= IsCertainMark(character);
        return position;
    }

    private void Begin(int first) => (position, isEnded, mayBeEnded) = (first, false, false);

    private static bool IsCertainMark(Rune character) => character.Value is '。' or '！' or '？' or '｡';

    private static bool IsUnspaced(Rune character) => Script.IsHan(character.Value) || Script.IsKana(character.Value);
}

/// <summary>See <see cref="TextFeature.SincePunctuation"/>.</summary>
internal sealed class SincePunctuationTrack : FeatureTrack
{
    private long distance;

    public override double Read(Rune character) =>
        distance = Rune.IsPunctuation(character) || character.Value == '\n' ? 0 : distance + 1;
}

/// <summary>See <see cref="TextFeature.TitleLine"/>.</summary>
internal sealed class TitleLineTrack : FeatureTrack
{
    private int blankLines;
    private bool isBlank = true;

    public override double Read(Rune character)
    {
        if (character.Value == '\n')
        {
            blankLines = isBlank ? blankLines + 1 : 0;
            isBlank = true;
            return 0;
        }

        isBlank = isBlank && Rune.IsWhiteSpace(character);
        return !isBlank && blankLines >= 2 ? 1 : 0;
    }
}
