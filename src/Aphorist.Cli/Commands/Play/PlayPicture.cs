namespace Aphorist.Cli.Commands.Play;

/// <summary>What stands on the terminal: its lines, and where the text goes on.</summary>
/// <param name="Lines">Each with its colours.</param>
/// <param name="CursorRow">From 0.</param>
/// <param name="CursorColumn">From 0.</param>
internal sealed record PlayPicture(IReadOnlyList<string> Lines, int CursorRow, int CursorColumn);
