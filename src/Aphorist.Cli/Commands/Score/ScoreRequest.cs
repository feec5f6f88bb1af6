namespace Aphorist.Cli.Commands.Score;

/// <summary>What a call of `aphorist score` asks for.</summary>
/// <param name="Model">The model.</param>
/// <param name="Sources">What the text is made of.</param>
/// <param name="Encoding">The text's encoding; null for UTF-8.</param>
/// <param name="Passages">Passages to tell.</param>
/// <param name="Length">Tokens that the page shows.</param>
/// <param name="Output">The page; null for none.</param>
internal sealed record ScoreRequest(string Model, IReadOnlyList<string> Sources, string? Encoding, int Passages, int Length, string? Output);
