using System.CommandLine;
using System.CommandLine.Completions;

namespace Aphorist.Cli.CommandLine;

/// <summary>Arguments that are names or files.</summary>
internal static class WordArgument
{
    public static Argument<string[]> Several(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrMore, HelpName = name };

    public static Argument<string[]> AtLeastOne(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.OneOrMore, HelpName = name };

    /// <summary>One or more texts. Completion offers the names of the catalog.</summary>
    public static Argument<string[]> Corpora(string name, string description)
    {
        Argument<string[]> argument = AtLeastOne(name, description);
        argument.CompletionSources.Add(CatalogNames);
        return argument;
    }

    /// <summary>What completion offers for a corpus.</summary>
    public static IEnumerable<string> CatalogNames(CompletionContext context) => CorpusCatalog.Entries.Select(entry => entry.Name);

    public static Argument<string> One(string name, string description) =>
        new(name) { Description = description, HelpName = name };

    public static Argument<string?> Optional(string name, string description) =>
        new(name) { Description = description, Arity = ArgumentArity.ZeroOrOne, HelpName = name };
}
