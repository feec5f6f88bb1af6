using System.Text;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Play;

/// <summary>The terminal while it is played on: its second screen, keys that come one by one, and everything as it was before when it is over, however that comes about.</summary>
internal sealed class FullScreen : IDisposable
{
    // The second screen; marks around what is pasted; no breaking of lines, since ours fit.
    private const string Enter = "\u001b[?1049h\u001b[?2004h\u001b[?7l\u001b[2J";
    private const string Leave = "\u001b[m\u001b[?7h\u001b[?2004l\u001b[?25h\u001b[?1049l";

    // Terminals that know these two show what is between them at once.
    private const string BeginPicture = "\u001b[?2026h\u001b[?25l", EndPicture = "\u001b[?25h\u001b[?2026l";

    private readonly AphoristConsole console;
    private readonly EventHandler onExit;
    private int isOver;
    private (int Columns, int Rows) shown;
    private string[] lines = [];

    public FullScreen(AphoristConsole console)
    {
        this.console = console;
        onExit = (_, _) => Restore();
        AppDomain.CurrentDomain.ProcessExit += onExit;
        console.IsControlCAKey = true;
        Write(Enter);
    }

    /// <summary>Columns and rows; some terminals do not know theirs.</summary>
    public (int Columns, int Rows) Size => (Math.Max(console.OutputTerminal.Profile.Width, 1), Math.Max(console.OutputTerminal.Profile.Height, 1));

    /// <summary>Shows a picture that was drawn for this size; only what has changed is written.</summary>
    public void Show(PlayPicture picture, (int Columns, int Rows) size)
    {
        StringBuilder text = new(BeginPicture);
        if (size != shown) text.Append("\u001b[2J");
        for (int row = 0; row < picture.Lines.Count; row++)
        {
            if (size == shown && row < lines.Length && lines[row] == picture.Lines[row]) continue;
            text.Append($"\u001b[{row + 1};1H\u001b[2K{picture.Lines[row]}");
        }

        Write(text.Append($"\u001b[{picture.CursorRow + 1};{picture.CursorColumn + 1}H{EndPicture}").ToString());
        (shown, lines) = (size, [.. picture.Lines]);
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= onExit;
        Restore();
    }

    private void Restore()
    {
        if (Interlocked.Exchange(ref isOver, 1) != 0) return;
        Write(Leave);
        console.IsControlCAKey = false;
    }

    private void Write(string text)
    {
        TextWriter terminal = console.OutputTerminal.Profile.Out.Writer;
        terminal.Write(text);
        terminal.Flush();
    }
}
