using System.Diagnostics;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;

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
        }
        else
        {
            using OutputFile file = request.Output.Open(cancellationToken);
            // Not disposed: after a failed write it would write again.
            ResultWriter writer = new(file.Stream);
            await WriteAsync(texts, writer.Type, cancellationToken);
            await writer.FlushAsync(cancellationToken);
            file.Commit();
        }

        if (request.Copying is null || output.Json) return;
        await request.Copying.CompareAsync(cancellationToken);
        request.Copying.WriteReport();
    }

    private async Task WriteAsync(IEnumerable<GenerationItem> texts, Action<string> write, CancellationToken cancellationToken)
    {
        bool isTextVisible = request.Output is null && output.Console.IsOutputTerminal;
        bool isProgressVisible = request.Count > 1 && !isTextVisible && output.ShowsProgress;
        try
        {
            await using (GenerationProgress progress = new(output, request.Count, isProgressVisible))
            {
                foreach (GenerationItem text in texts)
                {
                    string generated = output.Json ? Collect(text, null, cancellationToken) : Write(text, write, cancellationToken);
                    void Receive(TextCopies? copies) => WriteJson(text, generated, copies);
                    if (request.Copying is null) Receive(null);
                    else await request.Copying.AddAsync(text.Name, generated, Receive, cancellationToken);
                    await progress.AddAsync();
                }
            }

            // The objects of JSON contain the result of the comparison.
            if (output.Json && request.Copying is not null) await request.Copying.CompareAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            request.Copying?.Cancel();
            throw;
        }

        void WriteJson(GenerationItem text, string generated, TextCopies? copies)
        {
            if (output.Json) write(Json(text, generated, copies) + "\n");
        }
    }

    /// <summary>Writes a text while it is generated. Returns it if it is compared with a corpus.</summary>
    private string Write(GenerationItem text, Action<string> write, CancellationToken cancellationToken)
    {
        if (text.Title is not null) write($"--- {text.Title}\n");
        write(shownPrompt);
        string generated = Collect(text, write, cancellationToken);
        // A file with a single text has the text and nothing else.
        if (request.Output is null || text.Title is not null || request.Count > 1) write("\n");
        return generated;
    }

    /// <summary>Generates a text. One that is written is only kept if it is compared with a corpus.</summary>
    private string Collect(GenerationItem text, Action<string>? write, CancellationToken cancellationToken)
    {
        StringBuilder generated = new();
        foreach (string piece in text.Pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            write?.Invoke(piece);
            if (write is null || request.Copying is not null) generated.Append(piece);
        }

        return generated.ToString();
    }

    private string Json(GenerationItem text, string generated, TextCopies? copies) => JsonLine.Of(json =>
    {
        json.WriteString("model", request.Model);
        json.WriteString("prompt", request.Prompt);
        json.WriteString("text", generated);
        json.WriteNumber("length", request.Options[0].MaxTokens!.Value);
        text.WriteFacts(json);
        json.WriteString("mode", request.Mode == GenerationMode.Window ? "window" : "stateful");
        if (copies is not null) request.Copying!.WriteTo(json, copies);
    });

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
