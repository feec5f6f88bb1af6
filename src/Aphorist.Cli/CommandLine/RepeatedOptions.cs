using System.CommandLine;
using System.CommandLine.Parsing;

namespace Aphorist.Cli.CommandLine;

/// <summary>Lets a call repeat an option that takes one value: the last value counts. So aliases and scripts can set defaults.</summary>
internal static class RepeatedOptions
{
    /// <summary>Changes the options of a command and of its subcommands.</summary>
    public static void UseLastValue(Command command)
    {
        foreach (Option<string?> option in command.Options.OfType<Option<string?>>())
        {
            if (option.Arity.MaximumNumberOfValues > 1) continue;
            option.Arity = ArgumentArity.OneOrMore;
            option.CustomParser = result => result.Tokens is [.., Token last] ? last.Value : null;
        }

        foreach (Command subcommand in command.Subcommands) UseLastValue(subcommand);
    }
}
