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

    // Whether the last characters end a sentence: for certain, or only if what follows is not as in "3.14".
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
        // After the mark that ends a Chinese sentence, the next one can follow at once. The others are those of scripts with spaces.
        bool isChineseMark = character.Value is '。' or '！' or '？' or '｡';
        bool isMark = isChineseMark || character.Value is '．' or '.' or '!' or '?' or '\u061F' or '\u06D4' or '\u0964';
        bool endsBlankLine = blankLines.EndsWith(character);
        if (endsBlankLine || (Rune.IsWhiteSpace(character) && (position == 0 || mayBeEnded))) Begin(0);
        else if (isMark || isClosing) position++;
        else if (!IsComma(character) && (isEnded || (mayBeEnded && (isOpening || Script.IsUnspaced(character.Value))))) Begin(1);
        else (position, isEnded, mayBeEnded) = (position + 1, false, false);
        if (position == 0) return 0;
        mayBeEnded |= isMark;
        isEnded |= isChineseMark;
        return position;
    }

    private void Begin(int first) => (position, isEnded, mayBeEnded) = (first, false, false);

    // After a quotation, it continues the sentence: “好！”，他说。
    private static bool IsComma(Rune character) => character.Value is '，' or '、' or '；' or '：' or ',' or ';' or ':';
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
