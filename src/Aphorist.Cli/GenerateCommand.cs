using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Generation;
using Aphorist.Generation;

namespace Aphorist.Cli;

/// <summary>`aphorist generate`: writes with a model.</summary>
internal static class GenerateCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly Option<string?> Prompt = new("--prompt", "-p")
    {
        Description = "The text to continue; - reads it from standard input, without its last line end. Empty by default.",
        HelpName = "text",
    };

    private static readonly NumberOption<int> Length = NumberOptions.Whole("--length", "Tokens to write: characters, or words and what is between them, or bytes, whatever the model was trained on. 400 by default.", 0);

    private static readonly NumberOption<double> Temperature = NumberOptions.Real(
        "--temperature", "t", "Below 1 writes more surely, above 1 more boldly, 0 always takes the likeliest token. 1 by default.",
        value => value >= 0, "a number from 0 up");

    private static readonly NumberOption<ulong> Seed = NumberOptions.Seed(
        "--seed", "The seed of the choices; the same seed writes the same text. By default a random one, told on standard error.");

    private static readonly ChoiceOption<GenerationMode> Mode = new(
        "--mode", "What the model remembers: everything (stateful, the default), or only its window, as the notebook does (window).",
        ("stateful", GenerationMode.Stateful), ("window", GenerationMode.Window));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write the text to this file instead of standard output.",
        HelpName = "file",
    };

    private static readonly ChoiceOption<UnknownCharacters> Unknown = new(
        "--unknown", "What to do with characters or words of the prompt that the model does not know: leave them out (skip) or fail (error, the default).",
        ("skip", UnknownCharacters.Skip), ("error", UnknownCharacters.Error));

    private static readonly Option<bool> Explain = new("--explain")
    {
        Description = "Colour each token by how surprising it is to the model; with --json, one object a token: its log-probability and rank, the entropy, and what was likeliest.",
    };

    public static Command Create()
    {
        Command command = new("generate", "Writes with a model: continues a prompt.") { Model, Prompt, Length, Temperature, Seed, Mode, Output, Unknown, Explain };
        command.SetAction((call, cancellationToken) => Task.FromResult(
            Writing.Run(RequestOf(call), CommandOutput.Of(call), cancellationToken)));
        Example.Attach(
            command,
            new("aphorist generate runs/aphorisms", "Writes 400 tokens from nothing."),
            new("aphorist generate runs/nietzsche --prompt \"the philosopher \" --temperature 0.5 --length 1000", "Continues a prompt, rather surely."),
            new("aphorist generate runs/nietzsche --prompt \"truth is \" --explain", "Shows in colours what the model did not expect of itself."),
            new("aphorist generate model.safetensors --prompt - --seed 1 --output more.txt < start.txt", "Continues a file; the same seed writes the same text."));
        return command;
    }

    private static WritingRequest RequestOf(ParseResult call) => new()
    {
        Model = call.GetRequiredValue(Model),
        Prompt = call.GetValue(Prompt) ?? "",
        Length = Length.In(call) ?? 400,
        Temperature = Temperature.In(call) ?? 1.0,
        Seed = Seed.In(call),
        Mode = Mode.In(call) ?? GenerationMode.Stateful,
        Output = call.GetValue(Output),
        Unknown = Unknown.In(call) ?? UnknownCharacters.Error,
        Explain = call.GetValue(Explain),
    };
}
