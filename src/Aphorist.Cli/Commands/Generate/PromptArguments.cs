using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options that say what a text begins with.</summary>
internal static class PromptArguments
{
    private static readonly Option<string?> Prompt = new("--prompt", "-p")
    {
        Description = "The text to continue; - reads it from standard input, without its last line end. Empty by default.",
        HelpName = "text",
    };

    private static readonly Option<string?> PromptFile = new("--prompt-file") { Description = "A file with the text to continue, in UTF-8, without its last line end.", HelpName = "file" };

    private static readonly Option<string?> Passage = new("--passage")
    {
        Description = "Continues a random passage of a text, as long as the model's window: a name that `aphorist corpora` lists, a file, a folder or a pattern.",
        HelpName = "text",
    };

    private static readonly ChoiceOption<UnknownCharacters> Unknown = new(
        "--unknown", "What to do with characters or words of the prompt that the model does not know: leave them out (skip) or fail (error, the default).",
        ("skip", UnknownCharacters.Skip), ("error", UnknownCharacters.Error));

    public static IReadOnlyList<Option> All { get; } = [Prompt, PromptFile, Passage, Unknown];

    /// <summary>The text to continue, of what the model knows.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model.</param>
    /// <param name="seed">Which passage it is, where it is a random one.</param>
    /// <param name="output">Where notes go.</param>
    /// <param name="cancellationToken">Stops the reading of a corpus.</param>
    /// <returns>The prompt as given, and as the model reads it.</returns>
    public static async Task<(string Shown, string Known)> ReadAsync(ParseResult call, LanguageModel model, ulong seed, CommandOutput output, CancellationToken cancellationToken)
    {
        Option[] given = [.. ((Option[])[Prompt, PromptFile, Passage]).Where(option => call.GetResult(option) is not null)];
        if (given.Length > 1) throw new UsageException($"{given[0].Name} and {given[1].Name} both say what to continue: leave one out.");
        string prompt = call.GetValue(Passage) is string passage ? await PassageOfAsync(passage, model, seed, output, cancellationToken)
            : call.GetValue(PromptFile) is string file ? PromptReader.ReadFile(file)
            : PromptReader.Read(call.GetValue(Prompt) ?? "", output.Console);
        return (prompt, PromptReader.Known(prompt, model.Tokenizer, Unknown.GetValue(call) ?? UnknownCharacters.Error, output.Notes));
    }

    private static async Task<string> PassageOfAsync(string source, LanguageModel model, ulong seed, CommandOutput output, CancellationToken cancellationToken)
    {
        CorpusOptions reading = new() { Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync([source], reading, output, cancellationToken);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        return SampleSeed.WindowOf(corpus, model.Tokenizer, model.Spec.Window, seed, epoch: 0);
    }
}
