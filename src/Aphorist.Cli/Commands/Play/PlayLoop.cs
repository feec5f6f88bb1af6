using System.Diagnostics.CodeAnalysis;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Reads keys, lets the model generate or look for suggestions, and shows the result, until the user quits.</summary>
/// <param name="session">The text and the model.</param>
/// <param name="keys">The keyboard.</param>
/// <param name="screen">The terminal.</param>
/// <param name="save">Saves the text.</param>
internal sealed class PlayLoop(PlaySession session, IAnsiConsoleInput keys, FullScreen screen, Action save)
{
    private const double TemperatureStep = 0.1;
    private const char Null = '\0', EndOfText = '\u0004';

    // About fifty frames, and as many tokens, per second: as fast as anyone can read.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly PlayScreen drawing = new(screen.HasUnicode);
    private bool isInputClosed;

    public void Run(CancellationToken cancellationToken)
    {
        KeyInput input = new(TakeKey, () => Thread.Sleep(Pause / 2));
        (int, int) shown = default;
        while (!isInputClosed)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bool isChanged = shown != screen.Size;
            while (input.Next() is PlayAction action)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (action.Verb == PlayVerb.Quit) return;
                Perform(action);
                isChanged = true;
            }

            isChanged |= Work();
            if (isChanged) shown = Show();
            if (session.IsGenerating || !isChanged) Thread.Sleep(Pause);
        }
    }

    private (int, int) Show()
    {
        (int columns, int rows) = screen.Size;
        screen.Show(drawing.Draw(PlayView.Of(session), columns, rows), (columns, rows));
        return (columns, rows);
    }

    /// <summary>Generates a token, or looks for suggestions for a moment. Returns whether there was something to do.</summary>
    private bool Work()
    {
        if (session.IsGenerating)
        {
            session.Generate();
            return true;
        }

        long start = Environment.TickCount64;
        bool isSearching = session.Search();
        bool hasSearched = isSearching;
        while (isSearching && Environment.TickCount64 - start < Pause.TotalMilliseconds && !keys.IsKeyAvailable())
            isSearching = session.Search();
        return hasSearched;
    }

    private void Perform(PlayAction action)
    {
        if (session.IsGenerating && action.Verb != PlayVerb.AdjustTemperature)
        {
            session.Stop();
            return;
        }

        session.Message = "";
        switch (action.Verb)
        {
            case PlayVerb.Type: session.Type(action.Text); break;
            case PlayVerb.AcceptSelected: session.Accept(session.Selected); break;
            case PlayVerb.AcceptNumber: session.Accept(action.Number); break;
            case PlayVerb.Select: session.Select(action.Number); break;
            case PlayVerb.Erase: session.Erase(); break;
            case PlayVerb.Undo: session.Undo(); break;
            case PlayVerb.Generate: session.Start(action.Extent); break;
            case PlayVerb.AdjustTemperature: session.AdjustTemperature(action.Number * TemperatureStep); break;
            case PlayVerb.Save: save(); break;
        }
    }

    private bool TakeKey([NotNullWhen(true)] out ConsoleKeyInfo? key)
    {
        key = !isInputClosed && keys.IsKeyAvailable() ? keys.ReadKey(intercept: true) : null;
        // A closed terminal returns one of these characters forever, without a key. Ctrl-D is the same character with the key D.
        isInputClosed |= key is { Key: ConsoleKey.None, Modifiers: 0, KeyChar: Null or EndOfText };
        return !isInputClosed && key is not null;
    }
}
