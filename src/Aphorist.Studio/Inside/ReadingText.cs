using Aphorist.Server;
using Aphorist.Training;

namespace Aphorist.Studio.Inside;

/// <summary>Which text a model reads.</summary>
/// <param name="Source"><see cref="Training"/>, <see cref="Own"/>, or the name of a built-in corpus.</param>
/// <param name="Text">The user's own text.</param>
public sealed record TextChoice(string Source, string Text = "")
{
    /// <summary>The text that the model was trained on.</summary>
    public const string Training = "training";

    /// <summary>A text that was typed or pasted.</summary>
    public const string Own = "own";

    /// <summary>The maximum length of an own text. A longer one would not fit into one message of the browser.</summary>
    public const int MaxLength = 8000;
}

/// <summary>The beginning of a text, as far as a model reads it on a page.</summary>
/// <param name="Corpus">The text without the characters that the model does not know. It may be empty.</param>
/// <param name="LeftOut">The characters that were left out, most frequent first.</param>
/// <param name="IsCut">Whether the text was cut.</param>
internal sealed record ReadingText(Corpus Corpus, IReadOnlyList<string> LeftOut, bool IsCut)
{
    // About a second of reading on one core.
    private const long Multiplications = 6_000_000_000;
    private const int MinTokens = 1000, MaxTokens = 20_000;

    // Words are shorter in most languages. What is too much is read nevertheless.
    private const int CharactersPerWord = 5;

    /// <summary>The texts that can be chosen for a model, the default one first.</summary>
    public static IReadOnlyList<string> ChoicesFor(ModelEntry model) =>
    [
        .. TrainingSources(model) is null ? (ReadOnlySpan<string>)[] : [TextChoice.Training],
        .. CorpusCatalog.Entries.Where(entry => entry.IsBuiltIn).Select(entry => entry.Name),
        TextChoice.Own,
    ];

    /// <summary>Opens a text.</summary>
    /// <exception cref="AphoristException">The text of the run is gone, or cannot be read.</exception>
    public static async Task<ReadingText> OpenAsync(
        ModelEntry entry, LanguageModel model, TextChoice choice, CancellationToken cancellationToken)
    {
        Tokenizer tokenizer = model.Tokenizer;
        Corpus whole = await FindAsync(entry, choice, tokenizer.Normalization.Lowercase, cancellationToken);
        int tokens = (int)Math.Clamp(Multiplications / model.Parameters.Count, MinTokens, MaxTokens);
        int length = tokenizer.Kind == TokenizerKind.Words ? tokens * CharactersPerWord : tokens;
        string text = whole.EnumerateBlocks().FirstOrDefault() ?? "";
        bool isCut = text.Length > length || whole.CharacterCount > text.Length;
        if (text.Length > length) text = text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
        Corpus corpus = Corpus.FromText(text, whole.Name, tokenizer.Normalization);
        string[] unknown = [.. corpus.CountUnknownCharacters(tokenizer, cancellationToken).Select(one => one.Character.ToString())];
        if (unknown.Length > 0)
        {
            HashSet<string> left = [.. unknown];
            IEnumerable<string> known = corpus.Text.EnumerateRunes().Select(rune => rune.ToString()).Where(rune => !left.Contains(rune));
            corpus = Corpus.FromText(string.Concat(known), whole.Name, tokenizer.Normalization);
        }

        return new(corpus, unknown, isCut);
    }

    private static Task<Corpus> FindAsync(ModelEntry entry, TextChoice choice, bool lowercase, CancellationToken cancellationToken)
    {
        if (choice.Source == TextChoice.Own)
            return Task.FromResult(Corpus.FromText(choice.Text.ReplaceLineEndings("\n"), "text"));
        CorpusOptions options = new() { Lowercase = lowercase };
        if (choice.Source != TextChoice.Training && CorpusCatalog.TryGet(choice.Source, out CorpusEntry? corpus) && corpus.IsBuiltIn)
            return Corpus.OpenAsync(corpus, options, cancellationToken: cancellationToken);
        return TrainingSources(entry) is { } run
            ? Corpus.OpenAsync(run.Sources, options with { Encoding = run.Encoding }, cancellationToken: cancellationToken)
            : throw new CorpusException("The text that the model was trained on is gone. Choose another text.");
    }

    /// <summary>Where the text of a run is; null for a model that is no run, and for a text that would have to be downloaded.</summary>
    private static (IReadOnlyList<string> Sources, string? Encoding)? TrainingSources(ModelEntry model)
    {
        const string Catalog = "catalog:";
        try
        {
            TrainingRun run = TrainingRun.Open(Path.GetDirectoryName(model.Path)!);
            if (run.Options.ReadsStandardInput)
                return run.StandardInputCopyPath is { } copy ? ([copy], run.Options.Encoding) : null;
            bool isHere = run.Options.Corpus.All(source => source.StartsWith(Catalog, StringComparison.Ordinal)
                ? CorpusCatalog.TryGet(source[Catalog.Length..], out CorpusEntry? entry) && CorpusCatalog.IsAvailableOffline(entry)
                : Path.Exists(source) || source.AsSpan().ContainsAny('*', '?'));
            return isHere ? (run.Options.Corpus, run.Options.Encoding) : null;
        }
        catch (Exception exception) when (exception is AphoristException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
