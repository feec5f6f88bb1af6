namespace Aphorist.Cli.Commands.Generate;

/// <summary>What to do with characters or words of a prompt that the model does not know.</summary>
internal enum UnknownCharacters
{
    Error,
    Skip,
}
