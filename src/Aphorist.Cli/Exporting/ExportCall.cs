using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop.Keras;
using Aphorist.Interop.Onnx;
using Aphorist.Model;
using Aphorist.Storage;

namespace Aphorist.Cli.Exporting;

/// <summary>Carries out a call of `aphorist export`.</summary>
internal static class ExportCall
{
    public static int Run(ExportRequest request, CommandOutput output)
    {
        if (request is { Format: ExportFormat.Keras, Graph: not null })
            throw new WrongCallException("--graph is for ONNX, and a file of Keras has the layers themselves: leave it out, or add --to onnx.");
        string file = request.Output ?? UsualPlace(request);
        if (Path.GetFullPath(file) == Path.GetFullPath(request.Model))
            throw new WrongCallException($"'{file}' is the model itself, which would be lost: name another file with --output.");
        LanguageModel model = LanguageModel.Load(request.Model);
        if (request.Format == ExportFormat.Keras) KerasWeightsFile.Write(model, file);
        else OnnxModel.Write(model, file, request.Graph ?? OnnxGraphKind.Window);
        output.Result.Announce(output.Json ? Json(request, file) : file);
        return ExitCode.Done;
    }

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
