using Aphorist.Cli.Terminal;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>A sweep as JSON, one object a line.</summary>
internal static class SweepLine
{
    /// <summary>How a run ended.</summary>
    public static string Of(SweepPlan plan, SweepOutcome outcome) => JsonLine.Of(json =>
    {
        SweepResult? result = outcome.Result;
        json.WriteString("event", "run");
        json.WriteString("run", outcome.Run.Name);
        json.WriteString("folder", outcome.Run.Folder);
        json.WriteStartObject("options");
        foreach ((string option, string value) in plan.Options.Zip(outcome.Run.Values)) json.WriteString(option, value);
        json.WriteEndObject();
        json.WriteString("state", result is null ? "failed" : "done");
        json.WriteFinite("loss", result?.Loss);
        json.WriteFinite("validationLoss", result?.ValidationLoss);
        json.WriteFinite("bitsPerCharacter", result?.BitsPerCharacter);
        json.WriteFinite("parameters", result?.Parameters);
        json.WriteFinite("seconds", result?.Seconds);
        json.WriteString("error", outcome.Failure);
    });

    /// <summary>The end of the sweep.</summary>
    public static string OfEnd(SweepOutcome best, string results) => JsonLine.Of(json =>
    {
        json.WriteString("event", "done");
        json.WriteString("best", best.Result is null ? null : best.Run.Folder);
        json.WriteString("results", results);
    });
}
