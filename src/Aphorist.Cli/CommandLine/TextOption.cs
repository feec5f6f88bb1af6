using System.CommandLine;

namespace Aphorist.Cli.CommandLine;

/// <summary>An option whose value is any text, the empty one included. The values of all other options must not be empty.</summary>
internal sealed class TextOption(string name, params string[] aliases) : Option<string?>(name, aliases);
