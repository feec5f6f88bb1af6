using System.CommandLine;
using System.CommandLine.Parsing;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>Reads the words of a run with the options of `aphorist train` itself, so that a value in a sweep is what it is there.</summary>
internal sealed class TrainingParser
{
    private readonly Command command = new("train") { TrainingArguments.Corpus };

    public TrainingParser()
    {
        foreach (Option option in TrainingArguments.Options) command.Add(option);
    }

    /// <summary>The options that can be varied, with their dashes.</summary>
    public IReadOnlyList<string> Names { get; } = [.. TrainingArguments.Options.Select(option => option.Name)];

    /// <summary>The corpus and the options that a call gives all runs, as words to parse again.</summary>
    public static IReadOnlyList<string> WordsOf(ParseResult call)
    {
        IEnumerable<string> options = TrainingArguments.Options.SelectMany(option =>
            call.GetResult(option) is OptionResult { Implicit: false } given ? [option.Name, .. given.Tokens.Select(token => token.Value)] : Array.Empty<string>());
        return [.. call.GetValue(TrainingArguments.Corpus) ?? [], .. options];
    }

    /// <summary>What these words ask for.</summary>
    /// <exception cref="UsageException">One of them does not parse.</exception>
    public TrainingRequest Parse(IReadOnlyList<string> words)
    {
        ParseResult call = command.Parse([.. words]);
        return call.Errors.Count == 0 ? TrainingArguments.RequestOf(call) : throw new UsageException(call.Errors[0].Message);
    }
}
