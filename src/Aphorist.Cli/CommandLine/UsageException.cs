namespace Aphorist.Cli.CommandLine;

/// <summary>The call contradicts itself or asks for something that does not exist; found only after parsing.</summary>
internal sealed class UsageException(string message) : Exception(message);
