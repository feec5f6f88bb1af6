using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Export;

/// <summary>What a call of `aphorist export` asks for.</summary>
/// <param name="Model">The model file.</param>
/// <param name="Format">What it becomes.</param>
/// <param name="Graph">What a graph reads and gives; null where nothing was said.</param>
/// <param name="Output">The file; null for the usual place.</param>
internal sealed record ExportRequest(string Model, ExportFormat Format, OnnxGraphKind? Graph, string? Output);
