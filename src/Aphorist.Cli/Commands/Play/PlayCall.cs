using System.Runtime.InteropServices;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Carries out a call of `aphorist play`.</summary>
internal static class PlayCall
{
    public static int Run(PlayRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        if (!output.Console.IsInputTerminal || !output.Console.IsOutputTerminal || output.Console.GetVariable("TERM") is "dumb")
            throw new UsageException("aphorist play needs a terminal for its keys and its picture: write without one by aphorist generate.");
        LanguageModel model = LanguageModel.Load(ModelPath.Of(request.Model));
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        PlaySession session = new(new TextGenerator(model), model.Tokenizer, request.Sampling, end.Token);
        session.Type(request.Prompt);
        PlayFile file = new(request.Output);
        try
        {
            return Play(session, file, output.Console, end);
        }
        finally
        {
            Leave(request, output, file, session.Text.ToString());
        }
    }

    private static int Play(PlaySession session, PlayFile file, AphoristConsole console, CancellationTokenSource end)
    {
        // The terminal is closed, or the connection to it is lost.
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            end.Cancel();
        });
        using FullScreen screen = new(console);
        PlayLoop loop = new(session, console.OutputTerminal.Input, screen, new PlayScreen(ScreenStyle.Of(console)), () => session.Note = file.TrySave(session.Text.ToString()));
        try
        {
            loop.Run(end.Token);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    /// <summary>Leaves the text in the file, if one is named, and on the terminal, whatever has become of the other.</summary>
    private static void Leave(PlayRequest request, CommandOutput output, PlayFile file, string text)
    {
        try
        {
            if (request.Output is not null) file.Save(text);
        }
        finally
        {
            Tell(request, output, text);
        }
    }

    private static void Tell(PlayRequest request, CommandOutput output, string text)
    {
        if (!output.Json)
        {
            output.Result.Announce(text);
            return;
        }

        output.Result.Announce(JsonLine.Of(json =>
        {
            json.WriteString("model", ModelPath.Of(request.Model));
            json.WriteString("text", text);
            json.WriteNumber("seed", request.Sampling.Seed!.Value);
        }));
    }
}
