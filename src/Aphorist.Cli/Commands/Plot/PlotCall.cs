using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Plot;

/// <summary>Carries out a call of `aphorist plot`.</summary>
internal static class PlotCall
{
    public static int Run(PlotRequest request, CommandOutput output)
    {
        IReadOnlyList<LossCurve> curves = RunCurves.Read(request.Runs);
        string file = request.Output ?? UsualPlace(request.Runs);
        LossPicture.Write(curves, request.By, file);
        output.Result.Announce(output.Json ? Json(file, curves) : file);
        return ExitCode.Done;
    }

    /// <summary>A picture of one run belongs to the run; one of several belongs to none of them.</summary>
    private static string UsualPlace(IReadOnlyList<string> runs) =>
        runs.Count == 1 ? Path.Combine(RunCurves.FolderOf(runs[0]), LossPicture.UsualName) : LossPicture.UsualName;

    private static string Json(string file, IReadOnlyList<LossCurve> curves) => JsonLine.Of(json =>
    {
        json.WriteString("picture", file);
        json.WriteStartArray("runs");
        foreach (LossCurve curve in curves)
        {
            json.WriteStartObject();
            json.WriteString("name", curve.Name);
            json.WriteNumber("epochs", curve.Epochs.Count);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
