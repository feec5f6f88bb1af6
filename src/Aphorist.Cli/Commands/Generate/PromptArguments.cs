using System.CommandLine;
using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>The options for the beginning of a text.</summary>
internal static class PromptArguments
{
    private const int MaximumNames = 8;

    private static readonly TextOption Prompt = new("--prompt", "-p")
    {
        Description =
            $"The text to continue. {EscapedText.Help} With -, it is read from standard input, without the last line break. " +
            "Default: empty.",
        HelpName = "text",
    };

    private static readonly Option<string?> PromptFile = new("--prompt-file")
    {
        Description = "A file with the text to continue, exactly as it is, except that its last line break is ignored.",
        HelpName = "file",
    };

    private static readonly Option<string?> Passage = new("--passage")
    {
        Description =
            "Continue a random passage of this corpus, as long as the model's window: a name that `aphorist corpora` lists, a file, a " +
            "folder, a pattern, or - for standard input.",
        HelpName = "corpus",
        CompletionSources = { WordArgument.CatalogNames },
    };

    private static readonly Option<string?> Encoding = EncodingOption.Create("Encoding of the prompt or corpus that is read");

    private static readonly ChoiceOption<UnknownCharacterPolicy> Unknown = new(
        "--unknown",
        "What to do with characters or words of the prompt or passage that the model does not know: leave them out (skip) or fail (error).",
        UnknownCharacterPolicy.Error, ("skip", UnknownCharacterPolicy.Skip), ("error", UnknownCharacterPolicy.Error));

    public static OptionGroup Group { get; } = new("Prompt", Prompt, PromptFile, Passage, Encoding, Unknown);

    /// <summary>Reads the prompt.</summary>
    /// <param name="call">The call.</param>
    /// <param name="model">The model.</param>
    /// <param name="seed">The seed of a random passage.</param>
    /// <param name="output">Where notes are written.</param>
    /// <param name="cancellationToken">Stops the reading of a corpus.</param>
    /// <returns>The prompt as given, and without what the model does not know.</returns>
    public static async Task<(string Prompt, string Known)> ReadAsync(
        ParseResult call, LanguageModel model, ulong seed, CommandOutput output, CancellationToken cancellationToken)
    {
        Option[] given = [.. ((Option[])[Prompt, PromptFile, Passage]).Where(option => call.GetResult(option) is not null)];
        if (given.Length > 1) throw new UsageException($"{given[0].Name} and {given[1].Name} both give a prompt: remove one of them.");
        if (call.GetResult(Encoding) is not null && call.GetResult(Passage) is null && call.GetResult(PromptFile) is null
            && call.GetValue(Prompt) != OutputPath.Standard && !CopyCheck.IsWanted(call))
        {
            throw new UsageException(
                $"{Encoding.Name} is for a text that is read: add {Passage.Name}, {PromptFile.Name} or {CopyCheck.Option.Name}, "
                + "or remove it.");
        }

        UnknownCharacterPolicy policy = Unknown.GetValue(call) ?? UnknownCharacterPolicy.Error;
        CorpusOptions options = OptionsOf(call, model);
        string prompt = call.GetValue(Passage) is string source
            ? await ReadPassageAsync(source, options, model, seed, policy, output, cancellationToken)
            : call.GetValue(PromptFile) is string file ? await ReadTextAsync(file, options, output, cancellationToken)
            : call.GetValue(Prompt) is not OutputPath.Standard and var text ? EscapedText.Read(text ?? "")
            : await ReadTextAsync(OutputPath.Standard, options, output, cancellationToken);
        return (prompt, Known(prompt, model.Tokenizer, policy, output.Notes));
    }

    /// <summary>How the texts of a call are read.</summary>
    public static CorpusOptions OptionsOf(ParseResult call, LanguageModel model) =>
        new() { Encoding = call.GetValue(Encoding), Lowercase = model.Tokenizer.Normalization.Lowercase };

    /// <summary>The files that the prompt comes from.</summary>
    public static IEnumerable<CommandInput> InputsOf(ParseResult call)
    {
        if (call.GetValue(Prompt) is OutputPath.Standard) yield return new("the prompt", OutputPath.Standard);
        if (call.GetValue(PromptFile) is string file) yield return new("the prompt", file);
        if (call.GetValue(Passage) is string corpus) yield return new("the text", corpus);
    }

    /// <summary>Lists unknown characters or words, up to a maximum number.</summary>
    public static string NamesOf(IReadOnlyList<string> unknown, int maximum)
    {
        string names = string.Join(", ", unknown.Take(maximum).Select(NameOf));
        return unknown.Count > maximum ? $"{names} and {unknown.Count - maximum} more" : names;
    }

    private static string NameOf(string unknown) => Rune.GetRuneAt(unknown, 0) is var first && first.Utf16SequenceLength == unknown.Length
        ? CharacterName.Of(first)
        : $"'{unknown}'";

    private static async Task<string> ReadPassageAsync(
        string source,
        CorpusOptions options,
        LanguageModel model,
        ulong seed,
        UnknownCharacterPolicy policy,
        CommandOutput output,
        CancellationToken cancellationToken)
    {
        Corpus corpus = await CorpusOpening.OpenAsync([source], options, output, cancellationToken);
        if (policy == UnknownCharacterPolicy.Skip) corpus = Known(corpus, model.Tokenizer, output.Notes);
        try
        {
            await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        }
        catch (UnknownCharacterException exception)
        {
            throw new InvalidDataException($"{exception.Message} To leave out all that the model does not know, add {Unknown.Name} skip.");
        }

        return new TextGenerator(model).ChoosePassage(corpus, seed);
    }

    /// <summary>Reads a prompt from a file, or from standard input.</summary>
    private static async Task<string> ReadTextAsync(
        string file, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken)
    {
        byte[] bytes = await InputBytes.ReadAsync(file, output, cancellationToken);
        Corpus prompt = Corpus.FromBytes(
            bytes, file == OutputPath.Standard ? "standard input" : file, options with { Lowercase = false });
        foreach (string note in prompt.Notes) output.Notes.WriteLine(note);
        // Shells and editors end a text with a line break.
        return prompt.Text.EndsWith('\n') ? prompt.Text[..^1] : prompt.Text;
    }

    /// <summary>Leaves out what the model does not know of a corpus, with a note.</summary>
    private static Corpus Known(Corpus corpus, Tokenizer tokenizer, TextWriter notes)
    {
        StringBuilder text = new();
        List<string> missing = [];
        foreach (string block in corpus.EnumerateBlocks())
        {
            text.Append(tokenizer.Decode(tokenizer.EncodeSkippingUnknown(block, out IReadOnlyList<string> unknown)));
            missing.AddRange(unknown.Except(missing));
        }

        if (missing.Count == 0) return corpus;
        notes.WriteLine($"Left out of '{corpus.Name}', because the model does not know them: {NamesOf(missing, MaximumNames)}.");
        return Corpus.FromText(text.ToString(), corpus.Name, tokenizer.Normalization);
    }

    /// <summary>Leaves out what the model does not know, with a note, or fails.</summary>
    private static string Known(string prompt, Tokenizer tokenizer, UnknownCharacterPolicy policy, TextWriter notes)
    {
        string normalized = tokenizer.Normalization.Apply(prompt);
        int[] known = tokenizer.EncodeSkippingUnknown(normalized, out IReadOnlyList<string> unknown);
        if (unknown.Count == 0) return normalized;
        string names = NamesOf(unknown, MaximumNames);
        if (policy == UnknownCharacterPolicy.Error)
            throw new UsageException($"The model does not know {names}. Change the prompt, or leave them out with --unknown skip.");
        notes.WriteLine($"Left out of the prompt, because the model does not know them: {names}.");
        return tokenizer.Decode(known);
    }
}
