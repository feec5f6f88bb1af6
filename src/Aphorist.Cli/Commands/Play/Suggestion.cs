namespace Aphorist.Cli.Commands.Play;

/// <summary>A way in which the text may go on.</summary>
/// <param name="Text">What would be added to the text.</param>
/// <param name="Probability">How likely the model thinks just this is, before any strategy.</param>
internal readonly record struct Suggestion(string Text, double Probability);
