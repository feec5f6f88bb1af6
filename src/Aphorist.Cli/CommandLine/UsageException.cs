namespace Aphorist.Cli.CommandLine;

/// <summary>A call that parses but contradicts itself or asks for something that does not exist.</summary>
internal sealed class UsageException(string message) : Exception(message);
