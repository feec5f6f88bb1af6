using System.CommandLine;
using System.Runtime.InteropServices;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Generate;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Play;

/// <summary>`aphorist play`: a person and a model write a text together.</summary>
internal static class PlayCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    private static readonly TextOption Prompt = new("--prompt", "-p")
    {
        Description = $"The text to start with. {EscapedText.Help} Default: empty.",
        HelpName = "text",
    };

    private static readonly NumberOption<double> Temperature = NumberOptions.Real(
        "--temperature", "t",
        "Sampling temperature at the start. Below 1 the text is more predictable, above 1 more varied; 0 always takes the most likely " +
        "token.",
        NumberRange.AtLeast(0), 1);

    private static readonly NumberOption<ulong> Seed = NumberOptions.Seed(
        "--seed", "Random seed. The same seed and the same keys give the same text. Default: a random seed.");

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description =
            "Save the text to this file on Ctrl-S and at the end. A file that exists is continued: new text is added to its text. " +
            "Default: save only on Ctrl-S, to play-1.txt or the next free number.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new(
            "play", "Write a text together with a model: it suggests the next words, and continues the text on request.") { Model };
        OptionGroup.Attach(
            command,
            new("Text", Prompt, Output),
            new("Sampling", [Temperature, .. SamplingArguments.Filters, Seed]),
            SamplingArguments.Penalties);
        command.SetAction((call, cancellationToken) => RunAsync(call, CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist play runs/fables", "Start with an empty text. The last lines of the screen list the keys."),
            new(
                "aphorist play runs/nietzsche --prompt \"the philosopher \" --temperature 0.5 --output text.txt",
                "Continue a prompt at a low temperature, and save the text at the end."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CommandOutput output, CancellationToken cancellationToken)
    {
        AphoristConsole console = output.Console;
        if (!console.IsInputTerminal || !console.IsOutputTerminal || console.GetVariable("TERM") is "dumb")
            throw new UsageException("aphorist play needs a terminal. Without one, use aphorist generate.");
        string path = ModelPath.Of(call.GetRequiredValue(Model));
        ulong seed = Seed.GetValue(call) ?? SamplingArguments.RandomSeed();
        GenerationOptions options = SamplingArguments.BindCommon(
            call, new() { Temperature = Temperature.GetValue(call) ?? 1, Seed = seed });
        // The text is printed at the end anyway.
        OutputPath? target = call.GetValue(Output) is string named
            ? OutputPath.Of(named, OutputContent.Results, output, new CommandInput("the model", path))
            : null;
        LanguageModel model = await ModelPath.LoadAsync(path, cancellationToken);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        PlaySession session = new(new TextGenerator(model, GenerationMode.Stateful), options, end.Token);
        PlayFile? file = target is { IsStandardOutput: false } ? new(target, cancellationToken) : null;
        try
        {
            if (file is { End.Length: > 0 }) session.Continue(file.End);
            session.Type(EscapedText.Read(call.GetValue(Prompt) ?? ""));
            return Play(session, file, console, end);
        }
        finally
        {
            Finish(session.NewText, file, text => output.Result.Announce(output.Json ? Json(path, text, seed) : text));
        }
    }

    private static int Play(PlaySession session, PlayFile? file, AphoristConsole console, CancellationTokenSource end)
    {
        // The terminal was closed, or the connection to it was lost.
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            end.Cancel();
        });
        using FullScreen screen = new(console);
        try
        {
            new PlayLoop(session, console.OutputTerminal.Input, screen, () => file = TrySave(session, file)).Run(end.Token);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Saves the text, and prints it even if it cannot be saved.</summary>
    private static void Finish(string text, PlayFile? file, Action<string> print)
    {
        try
        {
            using (file) file?.Finish(text);
        }
        finally
        {
            print(text);
        }
    }

    /// <summary>Saves the text to the file, or to the next free one in the current folder, and returns which one it was.</summary>
    private static PlayFile? TrySave(PlaySession session, PlayFile? file)
    {
        try
        {
            PlayFile chosen = file ?? new PlayFile(FindFreeName());
            session.Message = chosen.Save(session.NewText);
            return session.NewText.Length > 0 ? chosen : file;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            session.Message = exception.Message.ReplaceLineEndings(" ");
            return file;
        }
    }

    private static string FindFreeName() =>
        Enumerable.Range(1, int.MaxValue).Select(number => $"play-{number}.txt").First(name => !Path.Exists(name));

    private static string Json(string model, string text, ulong seed) => JsonLine.Of(json =>
    {
        json.WriteString("model", model);
        json.WriteString("text", text);
        json.WriteNumber("seed", seed);
    });
}
