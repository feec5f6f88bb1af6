using System.Text.Json;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>One of the texts that a call writes.</summary>
/// <param name="Title">What tells it from the others; null where nothing needs to.</param>
/// <param name="Pieces">The text, written while it is read.</param>
/// <param name="WriteFacts">Writes how it came about.</param>
internal sealed record GenerationItem(string? Title, IEnumerable<string> Pieces, Action<Utf8JsonWriter> WriteFacts);
