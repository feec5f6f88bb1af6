using System.Diagnostics.CodeAnalysis;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Takes keys, lets the model write or think, and shows what has come of it, until it is left.</summary>
internal sealed class PlayLoop(PlaySession session, IAnsiConsoleInput keys, FullScreen screen, PlayScreen drawing, Action save)
{
    private const double TemperatureStep = 0.1;
    private const char EndOfText = '\u0004';

    // Some fifty pictures, and as many tokens, a second: as fast as anyone can read.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private bool isInputOver;

    public void Run(CancellationToken cancellationToken)
    {
        KeyInput input = new(TakeKey, () => Thread.Sleep(Pause / 2));
        (int, int) shown = default;
        while (!isInputOver)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isChanged = shown != screen.Size;
            while (input.Next() is PlayAction action)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (action.Verb == PlayVerb.Leave) return;
                Do(action);
                isChanged = true;
            }

            isChanged |= Work();
            if (isChanged) shown = Show();
            // Without anything to do, it waits; while it thinks, a key is never far.
            if (session.IsWriting || !isChanged) Thread.Sleep(Pause);
        }
    }

    private (int Columns, int Rows) Show()
    {
        (int Columns, int Rows) size = screen.Size;
        screen.Show(drawing.Draw(PlayView.Of(session), size.Columns, size.Rows), size);
        return size;
    }

    /// <summary>Writes a token, or thinks for a moment; returns whether anything came of it.</summary>
    private bool Work()
    {
        if (session.IsWriting)
        {
            session.Write();
            return true;
        }

        long start = Environment.TickCount64;
        bool isThinking = session.Think();
        bool hasThought = isThinking;
        while (isThinking && Environment.TickCount64 - start < Pause.TotalMilliseconds && !keys.IsKeyAvailable()) isThinking = session.Think();
        return hasThought;
    }

    private void Do(PlayAction action)
    {
        if (session.IsWriting && action.Verb != PlayVerb.Warm)
        {
            session.Stop();
            return;
        }

        session.Note = "";
        switch (action.Verb)
        {
            case PlayVerb.Type: session.Type(action.Text); break;
            case PlayVerb.AcceptSelected: session.Accept(session.Selected); break;
            case PlayVerb.AcceptNumber: session.Accept(action.Number); break;
            case PlayVerb.Select: session.Select(action.Number); break;
            case PlayVerb.Erase: session.Erase(); break;
            case PlayVerb.Undo: session.Undo(); break;
            case PlayVerb.Write: session.Begin(action.Stretch); break;
            case PlayVerb.Warm: session.Warm(action.Number * TemperatureStep); break;
            case PlayVerb.Save: save(); break;
        }
    }

    private bool TakeKey([NotNullWhen(true)] out ConsoleKeyInfo? key)
    {
        key = !isInputOver && keys.IsKeyAvailable() ? keys.ReadKey(intercept: true) : null;
        // A terminal that is gone gives the character for the end of a text, without end and by no key; Ctrl-D is that character by the key D.
        isInputOver |= key is { Key: ConsoleKey.None, Modifiers: 0, KeyChar: EndOfText };
        return !isInputOver && key is not null;
    }
}
