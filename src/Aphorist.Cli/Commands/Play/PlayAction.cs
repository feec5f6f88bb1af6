namespace Aphorist.Cli.Commands.Play;

/// <summary>What a key asks for.</summary>
/// <param name="Verb">What is to be done.</param>
/// <param name="Text">The text that is typed.</param>
/// <param name="Number">The number of a suggestion, from 0, or by how much to move.</param>
/// <param name="Stretch">How far to write.</param>
internal readonly record struct PlayAction(PlayVerb Verb, string Text = "", int Number = 0, WriteExtent Stretch = WriteExtent.Token);
