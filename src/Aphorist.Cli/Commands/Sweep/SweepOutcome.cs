namespace Aphorist.Cli.Commands.Sweep;

/// <summary>How a run of a sweep ended.</summary>
/// <param name="Run">The run.</param>
/// <param name="Result">What it reached; null if it failed.</param>
/// <param name="Failure">Why it failed, in one sentence; null if it did not.</param>
internal sealed record SweepOutcome(SweptRun Run, SweepResult? Result, string? Failure)
{
    /// <summary>The best first, by bits per character, which compare whatever the tokens are; those that failed at the end.</summary>
    public static IReadOnlyList<SweepOutcome> Ranked(IEnumerable<SweepOutcome> outcomes) =>
        [.. outcomes.OrderBy(outcome => outcome.Result?.BitsPerCharacter ?? double.PositiveInfinity)];
}
