using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Info;

/// <summary>`aphorist info`: describes a model file.</summary>
internal static class InfoCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    public static Command Create()
    {
        Command command = new("info", "Describe a model file: architecture, vocabulary, training, tensors.") { Model };
        command.SetAction(async (call, cancellationToken) =>
        {
            CommandOutput output = CommandOutput.Of(call);
            string path = ModelPath.Of(call.GetRequiredValue(Model));
            // Loading checks every weight.
            LanguageModel model = await ModelPath.LoadAsync(path, cancellationToken);
            ModelFileInfo file = ModelFileInfo.Read(path);
            if (output.Json) output.Result.Announce(ModelDescription.Json(file, model.Parameters.Count));
            else ModelDescription.Write(output.Result, file, model.Parameters.Count);
            return ExitCode.Done;
        });
        Example.Attach(
            command,
            new("aphorist info runs/fables", "Describe the best model of a run."),
            new("aphorist info model.safetensors --json", "Print the description as one JSON object."));
        return command;
    }
}
