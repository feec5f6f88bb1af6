using Aphorist.Cli.CommandLine;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Aphorist.Cli.Terminal;

/// <summary>
/// One progress bar on standard error, and perhaps a picture below it, which come when there is something to show and go when other text is
/// to be written.
/// </summary>
internal sealed class TerminalProgress(AphoristConsole terminal)
{
    private const int NarrowestTerminal = 20;
    private const int UsualWidth = 80;
    private const int EchoWidth = 3;

    // Drawing takes milliseconds, so a display that takes longer does not end at all.
    private static readonly TimeSpan RestoreTime = TimeSpan.FromSeconds(1);

    private readonly IAnsiConsole console = terminal.ErrorTerminal;
    private readonly FactsColumn facts = new();
    private IRenderable? below;
    private TaskCompletionSource? closing;
    private Task? display;
    private EventHandler? onExit;
    private volatile bool isUsable = true;
    private ProgressTask? task;

    /// <summary>Shows the bar, or moves it; and what is to be below it.</summary>
    public async ValueTask ShowAsync(string title, double done, double total, string text, IRenderable? pictureBelow = null)
    {
        below = pictureBelow;
        if (display is null) await OpenAsync(title);
        if (!isUsable) return;
        facts.Text = text;
        task!.Description = Markup.Escape(title);
        task.MaxValue = Math.Max(total, 1);
        task.Value = done;
    }

    /// <summary>Takes the bar away.</summary>
    public async ValueTask HideAsync()
    {
        if (display is null || !isUsable) return;
        AppDomain.CurrentDomain.ProcessExit -= onExit;
        closing!.TrySetResult();
        await display;
        display = null;
    }

    private async Task OpenAsync(string title)
    {
        closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        onExit ??= (_, _) => Restore();
        AppDomain.CurrentDomain.ProcessExit += onExit;
        display = console.Progress()
            .AutoClear(true)
            .ExcludeVerticalPadding()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn(),
                facts)
            .UseRenderHook((bar, _) => below is { } picture ? new Rows(bar, picture) : bar)
            .StartAsync(async context =>
            {
                task = context.AddTask(Markup.Escape(title));
                opened.SetResult();
                await closing.Task;
            });
        // A terminal that cannot show the bar must not hold up the work.
        isUsable = await Task.WhenAny(opened.Task, display) == opened.Task;
    }

    /// <summary>Removes the bar when the process ends while it is shown: the second Ctrl-C.</summary>
    private void Restore()
    {
        isUsable = false;
        closing?.TrySetResult();
        // It may have failed, which is no reason to fail at the end of the process.
        if (display is { } shown) Task.WhenAny(shown, Task.Delay(RestoreTime)).Wait();
        console.Cursor.Show();
    }

    /// <summary>Sets the width that a bar may take. Some terminals do not know theirs.</summary>
    public static IAnsiConsole Prepared(IAnsiConsole console)
    {
        if (console.Profile.Width < NarrowestTerminal) console.Profile.Width = UsualWidth;
        // A terminal prints ^C where the cursor is, at the end of the last line. If that wrapped, one line too few would be cleared.
        console.Profile.Width -= EchoWidth;
        return console;
    }

    /// <summary>The text to the right of a progress bar.</summary>
    private sealed class FactsColumn : ProgressColumn
    {
        public string Text { get; set; } = "";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Spectre.Console.Text(Text);
    }
}
