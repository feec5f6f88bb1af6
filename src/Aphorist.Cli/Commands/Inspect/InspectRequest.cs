namespace Aphorist.Cli.Commands.Inspect;

/// <summary>What a call of `aphorist inspect` asks for.</summary>
/// <param name="Model">A model file, or the folder of a run.</param>
/// <param name="Sources">The text.</param>
/// <param name="Encoding">The text's encoding; null for the usual one.</param>
/// <param name="TailShare">The share of the text, from its end, that is read.</param>
/// <param name="Length">Tokens that the page shows.</param>
/// <param name="Best">Cells that are listed for each feature.</param>
/// <param name="Output">The page; null for the usual place.</param>
internal sealed record InspectRequest(string Model, IReadOnlyList<string> Sources, string? Encoding, double TailShare, int Length, int Best, string? Output);
