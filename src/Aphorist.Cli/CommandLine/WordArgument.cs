using System.CommandLine;
using System.CommandLine.Parsing;

namespace Aphorist.Cli.CommandLine;

/// <summary>Arguments that are names or files. They refuse a mistyped option, which the parser would take for an argument.</summary>
internal static class WordArgument
{
    public static Argument<string[]> Several(string name, string description) =>
        Checked(new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.ZeroOrMore, HelpName = name });

    public static Argument<string[]> AtLeastOne(string name, string description) =>
        Checked(new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.OneOrMore, HelpName = name });

    public static Argument<string> One(string name, string description) =>
        Checked(new Argument<string>(name) { Description = description, HelpName = name });

    public static Argument<string?> Optional(string name, string description) =>
        Checked(new Argument<string?>(name) { Description = description, Arity = ArgumentArity.ZeroOrOne, HelpName = name });

    // A file whose name begins with a dash is written ./-name.
    private static Argument<T> Checked<T>(Argument<T> argument)
    {
        argument.Validators.Add(result =>
        {
            foreach (Token token in result.Tokens)
                if (token.Value is ['-', _, ..] && result.Parent is CommandResult { Command: Command command })
                    result.AddError(UsageErrorReport.Unknown(token.Value, command));
        });
        return argument;
    }
}
