using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>
/// Turns keys into actions. Text that is typed or pasted at once becomes one action, and escape sequences of unknown keys become none.
/// </summary>
/// <param name="next">Takes the next key; false if there is none yet.</param>
/// <param name="wait">Waits a moment for the rest of a sequence that arrives in pieces.</param>
internal sealed class KeyInput(KeyInput.Source next, Action wait)
{
    // Bracketed paste: terminals send ESC [ 200 ~ before pasted text and ESC [ 201 ~ after it.
    private const string PasteStart = "200~", PasteEnd = "\u001b[201~";

    // Over a slow connection a sequence may arrive in pieces. A piece that arrives later than this many waits is not part of it.
    private const int PieceWaits = 5, PasteWaits = 200;

    private ConsoleKeyInfo? putBack;

    /// <summary>Takes the next key, if there is one.</summary>
    public delegate bool Source([NotNullWhen(true)] out ConsoleKeyInfo? key);

    /// <summary>Gets the next action; null if there is none yet.</summary>
    public PlayAction? Next()
    {
        if (Take() is not ConsoleKeyInfo key) return null;
        if (key.Key == ConsoleKey.Escape && key.Modifiers == 0 && TakeSoon(PieceWaits) is ConsoleKeyInfo second)
        {
            if (second.KeyChar == '[') return ReadSequence();
            putBack = second;
        }

        if (key.KeyChar == '[' && key.Modifiers == ConsoleModifiers.Alt) return ReadSequence();
        PlayAction action = PlayKeys.GetAction(key);
        return action.Verb == PlayVerb.Type ? action with { Text = ReadText(action.Text) } : action;
    }

    /// <summary>Appends the characters that are already waiting.</summary>
    private string ReadText(string first)
    {
        StringBuilder text = new(first);
        // Half of a surrogate pair waits for its other half.
        while ((char.IsHighSurrogate(text[^1]) ? TakeSoon(PieceWaits) : Take()) is ConsoleKeyInfo key)
        {
            if (PlayKeys.GetAction(key) is { Verb: PlayVerb.Type, Text: string more }) text.Append(more);
            else
            {
                putBack = key;
                break;
            }
        }

        return text.ToString();
    }

    /// <summary>Reads the rest of an escape sequence after ESC [.</summary>
    private PlayAction ReadSequence()
    {
        StringBuilder sequence = new();
        while (TakeSoon(PieceWaits) is ConsoleKeyInfo key)
        {
            sequence.Append(key.KeyChar);
            if (key.KeyChar is >= '@' and <= '~') break;
        }

        return sequence.ToString() == PasteStart ? new(PlayVerb.Type, ReadPaste()) : default;
    }

    private string ReadPaste()
    {
        StringBuilder text = new();
        while (TakeSoon(PasteWaits) is ConsoleKeyInfo key)
        {
            if (key.Modifiers.HasFlag(ConsoleModifiers.Alt)) text.Append('\u001b');
            text.Append(key.KeyChar);
            int end = text.Length - PasteEnd.Length;
            if (key.KeyChar == '~' && end >= 0 && text.ToString(end, PasteEnd.Length) == PasteEnd) return text.ToString(0, end);
        }

        return text.ToString();
    }

    private ConsoleKeyInfo? TakeSoon(int waits)
    {
        ConsoleKeyInfo? key = Take();
        for (int waited = 0; key is null && waited < waits; waited++)
        {
            wait();
            key = Take();
        }

        return key;
    }

    private ConsoleKeyInfo? Take()
    {
        if (putBack is not ConsoleKeyInfo key) return next(out ConsoleKeyInfo? fresh) ? fresh : null;
        putBack = null;
        return key;
    }
}
