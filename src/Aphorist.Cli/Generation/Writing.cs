using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Models;
using Aphorist.Cli.Terminal;
using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Storage;

namespace Aphorist.Cli.Generation;

/// <summary>Carries out a call of `aphorist generate`.</summary>
internal static class Writing
{
    // A thousand million seeds are plenty, and short enough to type again.
    private const int RandomSeeds = 1_000_000_000;

    public static int Run(WritingRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        if (request is { Explain: true, Output: not null }) throw new WrongCallException("--explain shows a text, so --output does not fit: leave one out, or redirect what --explain --json prints.");
        LanguageModel model = LanguageModel.Load(ModelPath.Of(request.Model));
        string prompt = PromptReader.Read(request.Prompt);
        string known = PromptReader.Known(prompt, model.Tokenizer, request.Unknown, output.Notes);
        ulong seed = request.Seed ?? (ulong)Random.Shared.Next(RandomSeeds);
        if (request.Seed is null && request.Temperature > 0 && !output.Json) output.Notes.WriteLine($"Seed {seed} (--seed {seed} writes this text again).");

        SamplingOptions sampling = new() { Temperature = request.Temperature, Seed = seed };
        TextGenerator generator = new(model, request.Mode);
        if (request.Explain) return ExplainedWriting.Run(generator, known, sampling, request.Length, StopOptions.Never, output, cancellationToken);
        IEnumerable<string> text = generator.Stream(known, sampling, request.Length);
        if (request.Output is string path) Save(path, prompt, text, cancellationToken);
        else if (!output.Json) Type(output.Result, prompt, text, cancellationToken);
        if (output.Json) output.Result.Announce(Json(request, prompt, seed, request.Output is null ? Collect(text, cancellationToken) : null));
        return ExitCode.Done;
    }

    private static void Type(ResultWriter result, string prompt, IEnumerable<string> text, CancellationToken cancellationToken)
    {
        result.Write(prompt);
        foreach (string piece in text)
        {
            cancellationToken.ThrowIfCancellationRequested();
            result.Type(piece);
        }

        result.Announce("");
    }

    private static void Save(string path, string prompt, IEnumerable<string> text, CancellationToken cancellationToken)
    {
        using StreamWriter file = new(path, append: false, new UTF8Encoding(false));
        file.Write(prompt);
        foreach (string piece in text)
        {
            cancellationToken.ThrowIfCancellationRequested();
            file.Write(piece);
        }
    }

    private static string Collect(IEnumerable<string> text, CancellationToken cancellationToken)
    {
        StringBuilder collected = new();
        foreach (string piece in text)
        {
            cancellationToken.ThrowIfCancellationRequested();
            collected.Append(piece);
        }

        return collected.ToString();
    }

    private static string Json(WritingRequest request, string prompt, ulong seed, string? text) => JsonLine.Of(json =>
    {
        json.WriteString("model", ModelPath.Of(request.Model));
        json.WriteString("prompt", prompt);
        if (text is not null) json.WriteString("text", text);
        if (request.Output is not null) json.WriteString("output", request.Output);
        json.WriteNumber("length", request.Length);
        json.WriteNumber("temperature", request.Temperature);
        json.WriteNumber("seed", seed);
        json.WriteString("mode", request.Mode == GenerationMode.Window ? "window" : "stateful");
    });
}
