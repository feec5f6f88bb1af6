using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Aphorist.Cli.CommandLine;

/// <summary>The help of a command, followed by examples of its use.</summary>
internal sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        IReadOnlyList<Example> examples = Example.Of(parseResult.CommandResult.Command);
        if (examples.Count == 0) return code;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (Example example in examples)
        {
            output.WriteLine($"  {example.Call}");
            output.WriteLine($"      {example.Meaning}");
        }

        return code;
    }
}
