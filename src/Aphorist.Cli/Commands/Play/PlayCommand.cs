using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Generate;

namespace Aphorist.Cli.Commands.Play;

/// <summary>`aphorist play`: a person and a model write a text together.</summary>
internal static class PlayCommand
{
    // As many as generate takes one of.
    private const int RandomSeeds = 1_000_000_000;

    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly Option<string?> Prompt = new("--prompt", "-p") { Description = "The text to begin with. Empty by default.", HelpName = "text" };

    private static readonly NumberOption<double> Temperature = NumberOptions.Real(
        "--temperature", "t", "The temperature to begin with: below 1 writes more surely, above 1 more boldly, 0 always takes the likeliest token. 1 by default.",
        value => value >= 0, "a number from 0 up");

    private static readonly NumberOption<ulong> Seed = NumberOptions.Seed("--seed", "The seed of the choices; the same seed and the same keys write the same text. A random one by default.");

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Save the text to this file when asked to and at the end; without it, only when asked to, as play-1.txt.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new("play", "Writes with you: shows how your text may go on, and goes on when you let it.") { Model, Prompt, Temperature };
        foreach (Option option in SamplingArguments.Lasting) command.Add(option);
        command.Add(Seed);
        command.Add(Output);
        command.SetAction((call, cancellationToken) => Task.FromResult(PlayCall.Run(RequestOf(call), CommandOutput.Of(call), cancellationToken)));
        Example.Attach(
            command,
            new("aphorist play runs/aphorisms", "Begins with nothing; the last line tells the keys."),
            new("aphorist play runs/nietzsche --prompt \"the philosopher \" --temperature 0.5 --output text.txt", "Goes on with a prompt, rather surely, and saves the text at the end."));
        return command;
    }

    private static PlayRequest RequestOf(ParseResult call) => new()
    {
        Model = call.GetRequiredValue(Model),
        Prompt = call.GetValue(Prompt) ?? "",
        Sampling = SamplingArguments.Of(call, length: 0)[0] with
        {
            Temperature = Temperature.GetValue(call) ?? 1.0,
            Seed = Seed.GetValue(call) ?? (ulong)Random.Shared.Next(RandomSeeds),
        },
        Output = call.GetValue(Output),
    };
}
