using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>Carries out a call of `aphorist generate`: plain text or JSON lines, to standard output or into a file.</summary>
internal sealed class GenerationWriter(GenerationRequest request, CommandOutput output)
{
    // A prompt of nothing but line breaks, which makes a model begin a line, is not worth showing with every one of many texts.
    private readonly string shownPrompt = request.Count > 1 && string.IsNullOrWhiteSpace(request.Prompt) ? "" : request.Prompt;

    public async Task RunAsync(IEnumerable<GenerationItem> texts, CancellationToken cancellationToken)
    {
        if (request.Output is null)
        {
            await WriteAsync(texts, output.Result, output.Result.Type, cancellationToken);
            output.Result.Flush();
            return;
        }

        await using StreamWriter file = new(request.Output, append: false, new UTF8Encoding(false));
        await WriteAsync(texts, file, file.Write, cancellationToken);
    }

    private async Task WriteAsync(IEnumerable<GenerationItem> texts, TextWriter writer, Action<string> type, CancellationToken cancellationToken)
    {
        await using GenerationReport report = new(output, request.Count, isHidden: request.Output is null && output.Console.IsOutputTerminal);
        foreach (GenerationItem text in texts)
        {
            if (output.Json) writer.Write(Json(text, cancellationToken) + "\n");
            else Type(text, type, cancellationToken);
            await report.AddAsync();
        }
    }

    private void Type(GenerationItem text, Action<string> type, CancellationToken cancellationToken)
    {
        if (text.Title is not null) type($"--- {text.Title}\n");
        type(shownPrompt);
        foreach (string piece in text.Pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            type(piece);
        }

        // A file with a single text holds that and nothing else.
        if (request.Output is null || text.Title is not null || request.Count > 1) type("\n");
    }

    private string Json(GenerationItem text, CancellationToken cancellationToken)
    {
        StringBuilder collected = new();
        foreach (string piece in text.Pieces)
        {
            cancellationToken.ThrowIfCancellationRequested();
            collected.Append(piece);
        }

        return JsonLine.Of(json =>
        {
            json.WriteString("model", ModelPath.Of(request.Model));
            json.WriteString("prompt", request.Prompt);
            json.WriteString("text", collected.ToString());
            json.WriteNumber("length", request.Options[0].MaxTokens!.Value);
            text.WriteFacts(json);
            json.WriteString("mode", request.Mode == GenerationMode.Window ? "window" : "stateful");
        });
    }
}
