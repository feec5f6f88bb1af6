using System.Globalization;
using System.Text;

namespace Aphorist.Cli.Terminal;

/// <summary>
/// Breaks lines between words while a text is written piece by piece to a terminal. The current word is held back until it is complete.
/// Chinese breaks between any two characters, but not before closing punctuation or after an opening bracket.
/// </summary>
/// <param name="write">Writes to the terminal.</param>
/// <param name="columns">Gets the width of the terminal, which can change.</param>
/// <param name="indent">What each line begins with.</param>
internal sealed class WordWrap(Action<string> write, Func<int> columns, string indent = "")
{
    private const int NarrowestTerminal = 20;
    private const int TabWidth = 8;
    private const char Escape = '\u001b';

    // Escape sequences of a gap are kept when its spaces are dropped.
    private readonly StringBuilder gap = new(), gapStyles = new(), word = new(), style = new();
    private int used, gapColumns, wordColumns;
    private bool isStyled, isGapStyled;
    private Rune last;

    // The last column stays free: some terminals move to the next line when it is written.
    private int Width => columns() < NarrowestTerminal ? int.MaxValue : columns() - 1;

    /// <summary>Wraps a whole text.</summary>
    public static string Of(string text, int columns, string indent = "")
    {
        StringBuilder wrapped = new();
        WordWrap wrap = new(piece => wrapped.Append(piece), () => columns, indent);
        wrap.Write(text);
        wrap.Flush();
        return wrapped.ToString();
    }

    /// <summary>Writes a piece. It can contain whole escape sequences of colours, which take no columns.</summary>
    public void Write(string text)
    {
        for (int start = 0, length; start < text.Length; start += length)
        {
            length = StyleLength(text.AsSpan(start));
            if (length > 0)
            {
                AddStyle(text.AsSpan(start, length));
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(start), out Rune character, out length);
            Add(character);
        }
    }

    /// <summary>Writes the word that is held back. Call it at the end of a text.</summary>
    public void Flush()
    {
        EndWord();
        if (gapStyles.Length > 0) write(gapStyles.ToString());
        ClearGap();
    }

    private static int StyleLength(ReadOnlySpan<char> text) => text is [Escape, '[', ..] ? text.IndexOf('m') + 1 : 0;

    /// <summary>A sequence that begins a colour belongs to the next character, one that ends it to the last.</summary>
    private void AddStyle(ReadOnlySpan<char> sequence)
    {
        bool isEnd = sequence is [Escape, '[', 'm'] or [Escape, '[', '0', 'm'];
        if (!isEnd)
        {
            style.Append(sequence);
            return;
        }

        if (word.Length == 0 && gap.Length > 0)
        {
            // A colour of spaces alone needs no end without them.
            gapStyles.Clear();
            if (isGapStyled) gapStyles.Append(sequence);
        }

        isStyled = false;
        Attach(sequence.ToString());
    }

    private void Add(Rune character)
    {
        string before = style.ToString(), shown = before + character;
        style.Clear();
        if (character.Value == '\n') EndLine(shown);
        else if (character.Value is ' ' or '\t') AddSpace(character, shown, before);
        else AddToWord(character, shown, TextColumns.Count(character));
        isStyled |= before.Length > 0;
    }

    private void EndLine(string shown)
    {
        Flush();
        write(shown);
        used = 0;
    }

    private void AddSpace(Rune character, string shown, string before)
    {
        EndWord();
        if (gap.Length == 0) isGapStyled = isStyled;
        gap.Append(shown);
        gapStyles.Append(before);
        gapColumns += character.Value == '\t' ? TabWidth - (used + gapColumns) % TabWidth : 1;
    }

    private void AddToWord(Rune character, string shown, int size)
    {
        if (size == 0)
        {
            Attach(shown);
            return;
        }

        // A word that is longer than a line is broken anywhere.
        if (word.Length > 0 && (CanBreak(last, character) || indent.Length + wordColumns + size > Width)) EndWord();
        word.Append(shown);
        wordColumns += size;
        last = character;
    }

    /// <summary>Adds what takes no column to the character before it.</summary>
    private void Attach(string shown)
    {
        if (word.Length > 0) word.Append(shown);
        else if (gap.Length > 0) gap.Append(shown);
        else write(shown);
    }

    private void EndWord()
    {
        if (word.Length == 0) return;
        if (used + gapColumns + wordColumns > Width)
        {
            if (used > 0) write("\n");
            used = 0;
            gapColumns = 0;
            gap.Clear().Append(gapStyles);
        }

        if (used == 0)
        {
            write(indent);
            used = indent.Length;
        }

        write(gap.Append(word).ToString());
        used += gapColumns + wordColumns;
        wordColumns = 0;
        word.Clear();
        ClearGap();
    }

    private void ClearGap()
    {
        gapColumns = 0;
        gap.Clear();
        gapStyles.Clear();
    }

    private static bool CanBreak(Rune before, Rune after) =>
        (TextColumns.Count(before) > 1 || TextColumns.Count(after) > 1) && !IsOpening(before) && !IsClosing(after);

    private static bool IsOpening(Rune character) =>
        Rune.GetUnicodeCategory(character) is UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation;

    private static bool IsClosing(Rune character) => Rune.GetUnicodeCategory(character) is
        UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation;
}
