using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Exporting;
using Aphorist.Cli.Models;
using Aphorist.Interop;

namespace Aphorist.Cli;

/// <summary>`aphorist export`: a model for other programs.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly ChoiceOption<OnnxGraphKind> Graph = new(
        "--graph",
        "What the graph reads and gives: window, whole texts and what comes after each (the default); positions, whole texts and what comes after each of their tokens; step, a token and the states before it, and the states after it, for writing token by token.",
        ("window", OnnxGraphKind.Window), ("positions", OnnxGraphKind.Positions), ("step", OnnxGraphKind.Step));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The file. By default beside the model, under its name: model.onnx, model.positions.onnx or model.step.onnx.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new("export", "Writes a model as ONNX, for ONNX Runtime and other programs.") { Model, Graph, Output };
        command.SetAction(call => ExportCall.Run(
            new ExportRequest(ModelPath.Of(call.GetRequiredValue(Model)), Graph.In(call) ?? OnnxGraphKind.Window, call.GetValue(Output)), CommandOutput.Of(call)));
        Example.Attach(
            command,
            new("aphorist export runs/nietzsche", "Writes runs/nietzsche/model.onnx, which gives the probabilities of what comes after a text."),
            new("aphorist export model.safetensors --graph step --output step.onnx", "Writes a graph that takes one token at a time and hands over what it remembers."));
        return command;
    }
}
