using System.Text;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>Computes a <see cref="TextFeature"/> in one pass over a text, character by character. Create one for each text.</summary>
public abstract class FeatureTrack
{
    /// <summary>
    /// Reads the next character and returns the value of the feature at it, which depends only on the characters read so far.
    /// </summary>
    public abstract double Read(Rune character);
}

/// <summary>See <see cref="TextFeature.PositionInLine"/>.</summary>
internal sealed class LinePositionTrack : FeatureTrack
{
    private long position;

    public override double Read(Rune character) => position = character.Value == '\n' ? 0 : position + 1;
}

/// <summary>See <see cref="TextFeature.InsideQuotes"/>.</summary>
internal sealed class QuotationTrack : FeatureTrack
{
    private readonly BlankLines blankLines = new();

    // The marks that close the open quotation; empty if none is open. Nested quotations in other marks are ignored.
    private string closing = "";

    public override double Read(Rune character)
    {
        if (blankLines.EndsWith(character)) closing = "";
        else if (closing.Length == 0) closing = ClosingOf(character);
        else if (closing.EnumerateRunes().Contains(character)) closing = "";
        return closing.Length == 0 ? 0 : 1;
    }

    private static string ClosingOf(Rune opening) => opening.Value switch
    {
        '"' => "\"",
        '“' => "”",
        // German closes with the mark that opens a quotation in English; other languages close with the English closing mark.
        '„' => "“”",
        '«' => "»",
        '「' => "」",
        '『' => "』",
        '＂' => "＂",
        _ => "",
    };
}

/// <summary>See <see cref="TextFeature.InsideParentheses"/>.</summary>
internal sealed class ParenthesesTrack : FeatureTrack
{
    private readonly BlankLines blankLines = new();
    private int depth;

    public override double Read(Rune character)
    {
        if (blankLines.EndsWith(character)) depth = 0;
        depth = character.Value switch
        {
            '(' or '（' => depth + 1,
            ')' or '）' => Math.Max(0, depth - 1),
            _ => depth,
        };
        return depth > 0 ? 1 : 0;
    }
}

/// <summary>See <see cref="TextFeature.WordEnd"/>.</summary>
internal sealed class WordEndTrack : FeatureTrack
{
    private readonly WordLength length = new();

    public override double Read(Rune character)
    {
        int before = length.Current;
        length.Read(character);
        return before > 0 && length.Current == 0 ? 1 : 0;
    }
}

/// <summary>See <see cref="TextFeature.PositionInWord"/>.</summary>
internal sealed class WordPositionTrack : FeatureTrack
{
    private readonly WordLength length = new();

    public override double Read(Rune character)
    {
        length.Read(character);
        return length.Current;
    }
}

/// <summary>1 at the characters of a class, otherwise 0.</summary>
internal sealed class CharacterTrack(Func<Rune, bool> isOfClass) : FeatureTrack
{
    private const string ChineseNumerals = "〇零一二两三四五六七八九十百千万亿兩萬億", FunctionCharacters = "的了着是在不和也就都把被吗呢吧之而著嗎";

    /// <summary>See <see cref="TextFeature.Numeral"/>.</summary>
    public static bool IsNumeral(Rune character) => Rune.IsDigit(character) || IsOneOf(ChineseNumerals, character);

    /// <summary>See <see cref="TextFeature.FunctionCharacter"/>.</summary>
    public static bool IsFunctionCharacter(Rune character) => IsOneOf(FunctionCharacters, character);

    public override double Read(Rune character) => isOfClass(character) ? 1 : 0;

    private static bool IsOneOf(string characters, Rune character) => character.IsBmp && characters.Contains((char)character.Value);
}

/// <summary>Measures the length of the current word.</summary>
internal sealed class WordLength
{
    /// <summary>The number of characters read so far in the current word; 0 outside words.</summary>
    public int Current { get; private set; }

    /// <summary>
    /// Reads the next character. An apostrophe counts as a part of the word, because only the next character shows whether the word has
    /// ended. Chinese characters and kana are not parts of words, because no spaces show where words end.
    /// </summary>
    public void Read(Rune character) => Current = IsOfWord(character) ? Current + 1 : 0;

    private bool IsOfWord(Rune character) =>
        Rune.IsLetterOrDigit(character)
            ? !Script.IsUnspaced(character.Value)
            : Current > 0 && (CombiningMark.Is(character) || character.Value is '\'' or '’');
}

/// <summary>Finds the blank lines of a text, which separate paragraphs.</summary>
internal sealed class BlankLines
{
    private bool isBlank = true;

    /// <summary>Reads the next character and returns whether it ends a blank line.</summary>
    public bool EndsWith(Rune character)
    {
        bool endsLine = character.Value == '\n', ended = endsLine && isBlank;
        isBlank = endsLine || (isBlank && Rune.IsWhiteSpace(character));
        return ended;
    }
}
