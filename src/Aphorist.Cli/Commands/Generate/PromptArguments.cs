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
        Description = "The text to continue. With -, it is read from standard input, without the last line break. Default: empty.",
        HelpName = "text",
    };

    private static readonly Option<string?> PromptFile = new("--prompt-file")
    {
        Description = "A UTF-8 file with the text to continue. Its last line break is ignored.",
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

    private static readonly Option<string?> Encoding = EncodingOption.Create("With --passage: encoding");

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
        if (call.GetResult(Encoding) is not null && call.GetResult(Passage) is null)
            throw new UsageException($"{Encoding.Name} is the encoding of {Passage.Name}: add that, or remove {Encoding.Name}.");
        UnknownCharacterPolicy policy = Unknown.GetValue(call) ?? UnknownCharacterPolicy.Error;
        string prompt = call.GetValue(Passage) is string source
            ? await ReadPassageAsync(source, call.GetValue(Encoding), model, seed, policy, output, cancellationToken)
            : call.GetValue(PromptFile) is string file ? await ReadTextAsync(() => Open(file), $"in '{file}'", cancellationToken)
            : call.GetValue(Prompt) is not "-" and var text ? text ?? ""
            : await ReadTextAsync(() => output.Input, "on standard input", cancellationToken);
        return (prompt, Known(prompt, model.Tokenizer, policy, output.Notes));
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
        string? encoding,
        LanguageModel model,
        ulong seed,
        UnknownCharacterPolicy policy,
        CommandOutput output,
        CancellationToken cancellationToken)
    {
        CorpusOptions options = new() { Encoding = encoding, Lowercase = model.Tokenizer.Normalization.Lowercase };
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

    private static FileStream Open(string file) =>
        Directory.Exists(file) ? throw new IOException($"'{file}' is a folder: name a file in it.") : File.OpenRead(file);

    /// <summary>Reads a prompt. It can come from a pipe into which nobody writes, so the call can be interrupted meanwhile.</summary>
    private static Task<string> ReadTextAsync(Func<Stream> open, string place, CancellationToken cancellationToken) =>
        Task.Run(() => ReadText(open(), place), cancellationToken).WaitAsync(cancellationToken);

    private static string ReadText(Stream stream, string place)
    {
        using StreamReader input = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            // Shells and editors end a text with a line break.
            string text = input.ReadToEnd();
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"The prompt {place} is not UTF-8. Convert it first, for example with iconv.", exception);
        }
        catch (IOException exception)
        {
            throw new IOException(
                $"Cannot read the prompt {place} ({exception.Message.TrimEnd('.')}): pipe some text into the command, or give it with "
                + $"{Prompt.Name}.",
                exception);
        }
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
