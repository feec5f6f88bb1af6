using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Aphorist.Cli.CommandLine;

/// <summary>A call worth imitating.</summary>
/// <param name="Call">What to type.</param>
/// <param name="Meaning">What it does, in one sentence.</param>
internal sealed record Example(string Call, string Meaning)
{
    private static readonly ConditionalWeakTable<Command, Example[]> Examples = [];

    /// <summary>Gives a command its examples, which its help and the documentation show.</summary>
    public static void Attach(Command command, params Example[] examples) => Examples.Add(command, examples);

    /// <summary>The examples of a command.</summary>
    public static IReadOnlyList<Example> Of(Command command) => Examples.TryGetValue(command, out Example[]? examples) ? examples : [];
}
