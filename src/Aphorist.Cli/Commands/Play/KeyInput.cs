using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Makes actions of keys: what is typed or pasted in one go is one action, and what terminals send for keys that no one here knows is none.</summary>
/// <param name="next">Takes the next key; false if there is none yet.</param>
/// <param name="wait">Waits a moment for the rest of what a terminal sends in pieces.</param>
internal sealed class KeyInput(KeyInput.Source next, Action wait)
{
    // What terminals put around what is pasted, once they are asked to: ESC [ 200 ~ and ESC [ 201 ~.
    private const string PasteBegins = "200~", PasteEnds = "\u001b[201~";

    // A terminal far away may send in pieces what belongs together; what comes later than this is lost.
    private const int WaitsForAPiece = 5, WaitsForAPaste = 200;

    private ConsoleKeyInfo? putBack;

    /// <summary>Takes the next key, if there is one.</summary>
    public delegate bool Source([NotNullWhen(true)] out ConsoleKeyInfo? key);

    /// <summary>The next action; null if there is none yet.</summary>
    public PlayAction? Next()
    {
        if (Take() is not ConsoleKeyInfo key) return null;
        if (key.Key == ConsoleKey.Escape && key.Modifiers == 0 && TakeSoon(WaitsForAPiece) is ConsoleKeyInfo second)
        {
            if (second.KeyChar == '[') return Sequence();
            putBack = second;
        }

        if (key.KeyChar == '[' && key.Modifiers == ConsoleModifiers.Alt) return Sequence();
        PlayAction action = PlayKeys.Of(key);
        return action.Verb == PlayVerb.Type ? action with { Text = Typed(action.Text) } : action;
    }

    /// <summary>All that is typed already and follows.</summary>
    private string Typed(string first)
    {
        StringBuilder text = new(first);
        // Half a character, as beyond the basic plane, waits for its other half.
        while ((char.IsHighSurrogate(text[^1]) ? TakeSoon(WaitsForAPiece) : Take()) is ConsoleKeyInfo key)
        {
            if (PlayKeys.Of(key) is { Verb: PlayVerb.Type, Text: string more }) text.Append(more);
            else
            {
                putBack = key;
                break;
            }
        }

        return text.ToString();
    }

    /// <summary>What follows ESC [, to its last character.</summary>
    private PlayAction Sequence()
    {
        StringBuilder sequence = new();
        while (TakeSoon(WaitsForAPiece) is ConsoleKeyInfo key)
        {
            sequence.Append(key.KeyChar);
            if (key.KeyChar is >= '@' and <= '~') break;
        }

        return sequence.ToString() == PasteBegins ? new(PlayVerb.Type, Pasted()) : default;
    }

    private string Pasted()
    {
        StringBuilder text = new();
        while (TakeSoon(WaitsForAPaste) is ConsoleKeyInfo key)
        {
            if (key.Modifiers.HasFlag(ConsoleModifiers.Alt)) text.Append('\u001b');
            text.Append(key.KeyChar);
            if (key.KeyChar == '~' && text.Length >= PasteEnds.Length && text.ToString(text.Length - PasteEnds.Length, PasteEnds.Length) == PasteEnds)
                return text.ToString(0, text.Length - PasteEnds.Length);
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
