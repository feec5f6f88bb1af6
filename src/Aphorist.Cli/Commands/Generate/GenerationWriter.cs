using System.Diagnostics;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>Writes the texts of a call as plain text or JSON lines, to standard output or to a file.</summary>
internal sealed class GenerationWriter(GenerationRequest request, CommandOutput output)
{
    // A prompt of line breaks only makes the model begin a line. It is not shown with each of many texts.
    private readonly string shownPrompt = request.Count > 1 && string.IsNullOrWhiteSpace(request.Prompt) ? "" : request.Prompt;

    public async Task RunAsync(IEnumerable<GenerationItem> texts, CancellationToken cancellationToken)
    {
        if (request.Output is null)
        {
            WordWrap? wrap = output.WrapResult();
            try
            {
                await WriteAsync(texts, wrap is null ? output.Result.Type : wrap.Write, cancellationToken);
            }
            finally
            {
                // The word at which it was interrupted.
                wrap?.Flush();
                output.Result.Flush();
            }

            return;
        }

        using OutputFile file = request.Output.Open(cancellationToken);
        // Not disposed: after a failed write it would write again.
        ResultWriter writer = new(file.Stream);
        await WriteAsync(texts, writer.Type, cancellationToken);
        await writer.FlushAsync(cancellationToken);
        file.Commit();
    }

    private async Task WriteAsync(IEnumerable<GenerationItem> texts, Action<string> write, CancellationToken cancellationToken)
    {
        bool isTextVisible = request.Output is null && output.Console.IsOutputTerminal;
        await using GenerationProgress progress = new(
            output, request.Count, isVisible: request.Count > 1 && !isTextVisible && output.ShowsProgress);
        foreach (GenerationItem text in texts)
        {
            if (output.Json) write(Json(text, cancellationToken) + "\n");
            else Write(text, write, cancellationToken);
            await progress.AddAsync();
        }
    }

    private void Write(GenerationItem text, Action<string> write, CancellationToken cancellationToken)
    {
        if (text.Title is not null) write($"--- {text.Title}\n");
        write(shownPrompt);
        foreach (string piece in text.Pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            write(piece);
        }

        // A file with a single text has the text and nothing else.
        if (request.Output is null || text.Title is not null || request.Count > 1) write("\n");
    }

    private string Json(GenerationItem text, CancellationToken cancellationToken)
    {
        StringBuilder generated = new();
        foreach (string piece in text.Pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            generated.Append(piece);
        }

        return JsonLine.Of(json =>
        {
            json.WriteString("model", request.Model);
            json.WriteString("prompt", request.Prompt);
            json.WriteString("text", generated.ToString());
            json.WriteNumber("length", request.Options[0].MaxTokens!.Value);
            text.WriteFacts(json);
            json.WriteString("mode", request.Mode == GenerationMode.Window ? "window" : "stateful");
        });
    }

    /// <summary>A progress bar while many texts are written to a file or a pipe.</summary>
    private sealed class GenerationProgress(CommandOutput output, int total, bool isVisible) : IAsyncDisposable
    {
        private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

        private readonly Stopwatch clock = Stopwatch.StartNew();
        private TimeSpan shown;
        private TerminalProgress? bar;
        private int count;

        /// <summary>Counts one more text.</summary>
        public async ValueTask AddAsync()
        {
            count++;
            if (!isVisible || clock.Elapsed - shown < Interval) return;
            shown = clock.Elapsed;
            bar ??= new TerminalProgress(output.Console);
            string facts = $"{Quantity.Of(count)} of {Quantity.Of(total)} texts, {Quantity.Of(count / clock.Elapsed.TotalSeconds)}/s";
            await bar.ShowAsync("generating", count, total, facts);
        }

        public async ValueTask DisposeAsync()
        {
            if (bar is not null) await bar.HideAsync();
        }
    }
}
