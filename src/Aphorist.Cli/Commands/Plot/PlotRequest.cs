namespace Aphorist.Cli.Commands.Plot;

/// <summary>What a call of `aphorist plot` asks for.</summary>
/// <param name="Runs">Folders of runs or metrics files, at least one.</param>
/// <param name="By">What the losses are drawn over.</param>
/// <param name="Output">The picture; null for the usual place.</param>
internal sealed record PlotRequest(IReadOnlyList<string> Runs, LossAxis By, string? Output);
