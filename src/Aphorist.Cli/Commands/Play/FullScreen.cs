using Aphorist.Cli.CommandLine;
using Spectre.Console;

namespace Aphorist.Cli.Commands.Play;

/// <summary>
/// The terminal in full-screen mode: the alternate screen, and keys one by one. The terminal gets its previous state back however the
/// process ends.
/// </summary>
internal sealed class FullScreen : IDisposable
{
    private const string PasteMarksOn = "\u001b[?2004h", PasteMarksOff = "\u001b[?2004l";
    private const string LineWrapOn = "\u001b[?7h", LineWrapOff = "\u001b[?7l";

    // Terminals that know this mode show everything between the two at once, without flicker.
    private const string BeginUpdate = "\u001b[?2026h", EndUpdate = "\u001b[?2026l";

    private const int Entire = 2; // What to erase: the entire line or screen.

    private readonly AphoristConsole console;
    private readonly IAnsiConsole terminal;
    private readonly EventHandler onExit;
    private int isClosed;
    private (int Columns, int Rows) shownSize;
    private IReadOnlyList<StyledText[]> shownLines = [];

    public FullScreen(AphoristConsole console)
    {
        this.console = console;
        terminal = console.OutputTerminal;
        onExit = (_, _) => Restore();
        AppDomain.CurrentDomain.ProcessExit += onExit;
        console.IsControlCAKey = true;
        terminal.WriteAnsi(ansi => ansi.EnterAltScreen().Write(PasteMarksOn + LineWrapOff).EraseInDisplay(Entire));
    }

    /// <summary>Whether the terminal shows characters beyond ASCII.</summary>
    public bool HasUnicode => terminal.Profile.Capabilities.Unicode;

    /// <summary>Columns and rows, at least one: some terminals report none.</summary>
    public (int Columns, int Rows) Size => (Math.Max(terminal.Profile.Width, 1), Math.Max(terminal.Profile.Height, 1));

    /// <summary>Shows a frame that was drawn for this size. Only changed lines are written.</summary>
    public void Show(PlayFrame frame, (int Columns, int Rows) size) => terminal.WriteAnsi(ansi =>
    {
        ansi.Write(BeginUpdate).HideCursor();
        bool isResized = size != shownSize;
        if (isResized) ansi.EraseInDisplay(Entire);
        for (int row = 0; row < frame.Lines.Count; row++)
        {
            StyledText[] line = frame.Lines[row];
            if (!isResized && row < shownLines.Count && line.SequenceEqual(shownLines[row])) continue;
            ansi.CursorPosition(row + 1, 1).EraseInLine(Entire);
            foreach (StyledText part in line) Write(ansi, part);
        }

        ansi.CursorPosition(frame.CursorRow + 1, frame.CursorColumn + 1).ShowCursor().Write(EndUpdate);
        (shownSize, shownLines) = (size, frame.Lines);
    });

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= onExit;
        Restore();
    }

    /// <summary>Without colours there is no bold and dim text either: <c>NO_COLOR</c> asks for plain text.</summary>
    private static void Write(AnsiWriter ansi, StyledText part)
    {
        if (ansi.Capabilities.ColorSystem == ColorSystem.NoColors) ansi.Write(part.Text);
        else ansi.Write(part.Text, part.Style);
    }

    private void Restore()
    {
        if (Interlocked.Exchange(ref isClosed, 1) != 0) return;
        terminal.WriteAnsi(ansi => ansi.Write(LineWrapOn + PasteMarksOff).ShowCursor().ExitAltScreen());
        console.IsControlCAKey = false;
    }
}
