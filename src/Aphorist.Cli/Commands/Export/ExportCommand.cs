using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Export;

/// <summary>`aphorist export`: a model for other programs.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly ChoiceOption<ExportFormat> Format = new(
        "--to", "What the model becomes: onnx, a graph for ONNX Runtime and others (the default); keras, a file of Keras 2 (HDF5, the default) or, with --output model.keras, of Keras 3, with the vocabulary as JSON beside it.",
        ("onnx", ExportFormat.Onnx), ("keras", ExportFormat.Keras));

    private static readonly ChoiceOption<OnnxGraphKind> Graph = new(
        "--graph",
        "What a graph of ONNX reads and gives: window, whole texts and what comes after each (the default); positions, whole texts and what comes after each of their tokens; step, a token and the states before it, and the states after it, for writing token by token.",
        ("window", OnnxGraphKind.Window), ("positions", OnnxGraphKind.Positions), ("step", OnnxGraphKind.Step));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The file. By default beside the model, under its name: model.onnx, model.positions.onnx, model.step.onnx or model.h5.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new("export", "Writes a model for other programs: as ONNX, or for Keras.") { Model, Format, Graph, Output };
        command.SetAction(call => ExportCall.Run(
            new ExportRequest(ModelPath.Of(call.GetRequiredValue(Model)), Format.GetValue(call) ?? ExportFormat.Onnx, Graph.GetValue(call), call.GetValue(Output)), CommandOutput.Of(call)));
        Example.Attach(
            command,
            new("aphorist export runs/nietzsche", "Writes runs/nietzsche/model.onnx, which gives the probabilities of what comes after a text."),
            new("aphorist export model.safetensors --graph step --output step.onnx", "Writes a graph that takes one token at a time and hands over what it remembers."),
            new("aphorist export runs/nietzsche --to keras", "Writes runs/nietzsche/model.h5, which Keras's load_model reads, and model.vocabulary.json."),
            new("aphorist export runs/nietzsche --to keras --output nietzsche.keras", "The same for Keras 3."));
        return command;
    }
}
