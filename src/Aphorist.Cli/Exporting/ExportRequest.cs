using Aphorist.Interop;

namespace Aphorist.Cli.Exporting;

/// <summary>What a call of `aphorist export` asks for.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Graph">What the graph reads and gives.</param>
/// <param name="Output">The file; null for the usual place.</param>
internal sealed record ExportRequest(string Model, OnnxGraphKind Graph, string? Output);
