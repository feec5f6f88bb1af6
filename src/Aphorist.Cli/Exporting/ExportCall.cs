using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;
using Aphorist.Model;
using Aphorist.Storage;

namespace Aphorist.Cli.Exporting;

/// <summary>Carries out a call of `aphorist export`.</summary>
internal static class ExportCall
{
    public static int Run(ExportRequest request, CommandOutput output)
    {
        string file = request.Output ?? UsualPlace(request);
        if (Path.GetFullPath(file) == Path.GetFullPath(request.Model))
            throw new WrongCallException($"'{file}' is the model itself, which would be lost: name another file with --output.");
        OnnxModel.Write(LanguageModel.Load(request.Model), file, request.Graph);
        output.Result.Announce(output.Json ? Json(request, file) : file);
        return ExitCode.Done;
    }

    /// <summary>Beside the model, under its name; graphs that are not the usual one say which they are.</summary>
    private static string UsualPlace(ExportRequest request) => Path.ChangeExtension(request.Model, request.Graph switch
    {
        OnnxGraphKind.Positions => ".positions.onnx",
        OnnxGraphKind.Step => ".step.onnx",
        _ => ".onnx",
    });

    private static string Json(ExportRequest request, string file) => JsonLine.Of(json =>
    {
        json.WriteString("file", file);
        json.WriteString("format", "onnx");
        json.WriteString("graph", request.Graph.ToString().ToLowerInvariant());
        json.WriteNumber("bytes", new FileInfo(file).Length);
    });
}
