using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Export;

/// <summary>Carries out a call of `aphorist export`.</summary>
internal static class ExportCall
{
    public static int Run(ExportRequest request, CommandOutput output)
    {
        if (request is { Format: ExportFormat.Keras, Graph: not null })
            throw new UsageException("--graph is for ONNX, and a file of Keras has the layers themselves: leave it out, or add --to onnx.");
        string file = request.Output ?? UsualPlace(request);
        if (Path.GetFullPath(file) == Path.GetFullPath(request.Model))
            throw new UsageException($"'{file}' is the model itself, which would be lost: name another file with --output.");
        LanguageModel model = LanguageModel.Load(request.Model);
        if (request.Format == ExportFormat.Keras) KerasWeightsFile.Write(model, file);
        else OnnxModel.Write(model, file, request.Graph ?? OnnxGraphKind.Window);
        if (request.Format == ExportFormat.Keras && MeansAnotherFunction(model, file))
            output.Notes.WriteLine("The gates of this model are hard sigmoids, for which Keras 3 takes another function: use this file with Keras 2, or write one for Keras 3 with --output model.keras.");
        output.Result.Announce(output.Json ? Json(request, file) : file);
        return ExitCode.Done;
    }

    /// <summary>Keras 3 reads files of Keras 2, but not all of them as they were meant.</summary>
    private static bool MeansAnotherFunction(LanguageModel model, string file) =>
        model.Spec.Gates == GateActivation.HardSigmoid && KerasWeightsFile.KindOf(file) == KerasFileKind.Keras2;

    /// <summary>Beside the model, under its name; graphs that are not the usual one say which they are.</summary>
    private static string UsualPlace(ExportRequest request) => Path.ChangeExtension(request.Model, request switch
    {
        { Format: ExportFormat.Keras } => ".h5",
        { Graph: OnnxGraphKind.Positions } => ".positions.onnx",
        { Graph: OnnxGraphKind.Step } => ".step.onnx",
        _ => ".onnx",
    });

    private static string Json(ExportRequest request, string file) => JsonLine.Of(json =>
    {
        json.WriteString("file", file);
        json.WriteString("format", request.Format.ToString().ToLowerInvariant());
        if (request.Format == ExportFormat.Onnx) json.WriteString("graph", (request.Graph ?? OnnxGraphKind.Window).ToString().ToLowerInvariant());
        json.WriteNumber("bytes", new FileInfo(file).Length);
    });
}
