using Spectre.Console;

namespace Aphorist.Cli.Terminal;

/// <summary>One progress bar on standard error, which comes when there is something to show and goes when other text is to be written.</summary>
internal sealed class TerminalProgress
{
    private readonly IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
    private readonly FactsColumn facts = new();
    private TaskCompletionSource? closing;
    private Task? display;
    private ProgressTask? task;

    /// <summary>Shows the bar, or moves it.</summary>
    public async ValueTask ShowAsync(string title, double done, double total, string text)
    {
        if (display is null) await OpenAsync();
        facts.Text = text;
        task!.Description = Markup.Escape(title);
        task.MaxValue = Math.Max(total, 1);
        task.Value = done;
    }

    /// <summary>Takes the bar away.</summary>
    public async ValueTask HideAsync()
    {
        if (display is null) return;
        closing!.SetResult();
        await display;
        display = null;
    }

    private async Task OpenAsync()
    {
        closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        display = console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), facts)
            .StartAsync(async context =>
            {
                task = context.AddTask("");
                opened.SetResult();
                await closing.Task;
            });
        await opened.Task;
    }
}
