using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>Compares generated texts, without their prompt, with a corpus, and reports what occurs there verbatim.</summary>
internal sealed class CopyCheck(IReadOnlyList<string> words, Corpus corpus, CommandOutput output)
{
    private const int PassagesShown = 5, TextsShown = 3;
    private const int PassageWidth = 60;

    // The maximum length of the texts that are compared in one pass over the corpus. It limits the memory.
    private const int GroupLength = 1 << 20;

    private static readonly Option<string[]> Sources = new("--check-copying")
    {
        Description =
            "Compare the generated text with this corpus: show how much of it occurs there verbatim, and the longest such passages. " +
            "Repeatable. A name that `aphorist corpora` lists, a file, a folder, a pattern, or - for standard input.",
        HelpName = "corpus",
        CompletionSources = { WordArgument.CatalogNames },
    };

    private readonly CopyOptions options = new() { MaxPassages = PassagesShown };
    private readonly List<(string Name, string Text, Action<TextCopies?> Found)> waiting = [];
    private List<(string Name, double Share)> shares = [];
    private List<(string Name, CopiedPassage Passage)> longest = [];
    private int waitingLength, minimumLength;
    private long textCount, characters, copied;

    public static Option Option => Sources;

    /// <summary>Whether the call asks for a check.</summary>
    public static bool IsWanted(ParseResult call) => call.GetResult(Sources) is not null;

    /// <summary>The texts that are compared.</summary>
    public static CommandInput InputOf(ParseResult call) => new("the corpus", call.GetValue(Sources) ?? []);

    /// <summary>Opens the corpus of a call; returns null if it asks for no check.</summary>
    public static async Task<CopyCheck?> OpenAsync(
        ParseResult call, CorpusOptions options, CommandOutput output, CancellationToken cancellationToken) =>
        call.GetValue(Sources) is { Length: > 0 } sources
            ? new(sources, await CorpusOpening.OpenAsync(sources, options, output, cancellationToken), output)
            : null;

    /// <summary>Adds a text. It is compared at once or later, together with others.</summary>
    /// <param name="name">What the report calls the text.</param>
    /// <param name="text">The text.</param>
    /// <param name="found">Receives the result, or null if there is none because the call was cancelled.</param>
    /// <param name="cancellationToken">Cancels the comparison.</param>
    public async Task AddAsync(string name, string text, Action<TextCopies?> found, CancellationToken cancellationToken)
    {
        waiting.Add((name, text, found));
        waitingLength += text.Length;
        if (waitingLength >= GroupLength) await CompareAsync(cancellationToken);
    }

    /// <summary>Compares the texts that have not been compared yet.</summary>
    public async Task CompareAsync(CancellationToken cancellationToken)
    {
        if (waiting.Count == 0) return;
        string[] texts = [.. waiting.Select(one => one.Text)];
        await using CorpusProgressReport report = new(output);
        IReadOnlyList<TextCopies> found = await Task.Run(
            () => CopyFinder.Find(corpus, texts, options, report, cancellationToken), cancellationToken);
        foreach (((string name, _, Action<TextCopies?> receive), TextCopies copies) in waiting.Zip(found))
        {
            Count(name, copies);
            receive(copies);
        }

        waiting.Clear();
        waitingLength = 0;
    }

    /// <summary>Compares no more texts: the call was cancelled.</summary>
    public void Cancel()
    {
        foreach ((_, _, Action<TextCopies?> receive) in waiting) receive(null);
        waiting.Clear();
    }

    /// <summary>Reports the result for all texts on standard error, also in a quiet call: it was asked for.</summary>
    public void WriteReport()
    {
        TextWriter report = output.Console.Error;
        string source = corpus.Normalization.Lowercase ? $"{corpus.Name}, compared in lower case" : corpus.Name;
        string several = textCount > 1 ? string.Create(CultureInfo.InvariantCulture, $" in {textCount:N0} texts") : "";
        report.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Copied from {source}: {Percent(copied, characters)} of {Plural.Of(characters, "generated character")}{several}, "
            + $"in passages of at least {minimumLength} characters."));
        if (textCount > 1 && shares.Count > 0)
        {
            IEnumerable<string> worst = shares.Select(one => $"{one.Name} ({Percent(one.Share, 1)})");
            report.WriteLine($"Highest shares: {string.Join(", ", worst)}.");
        }

        if (longest.Count == 0) return;
        // A single file is named already.
        bool isFileShown = longest.Any(one => one.Passage.Source != corpus.Name && (words.Count > 1 || one.Passage.Source != words[0]));
        string heading = longest[0].Passage.Length >= minimumLength ? "longest passages" : "longest matches, of any length";
        TextTable.Write(
            report,
            [
                Row("characters", "text", "file", "line", heading),
                .. longest.Select(one => Row(
                    one.Passage.Length.ToString(CultureInfo.InvariantCulture),
                    one.Name,
                    one.Passage.Source,
                    one.Passage.Line.ToString(CultureInfo.InvariantCulture),
                    OneLine.Of(one.Passage.Text, PassageWidth))),
            ]);

        // Without the columns that say the same in all rows.
        string[] Row(string length, string text, string file, string line, string passage) =>
        [
            length, .. textCount > 1 ? [text] : Array.Empty<string>(), .. isFileShown ? [file] : Array.Empty<string>(), line, passage,
        ];
    }

    /// <summary>Writes the result for one text as a member of a JSON object.</summary>
    public void WriteTo(Utf8JsonWriter json, TextCopies copies)
    {
        json.WriteStartObject("copying");
        json.WriteString("corpus", corpus.Name);
        json.WriteNumber("minimumLength", copies.MinimumLength);
        json.WriteNumber("characters", copies.CharacterCount);
        json.WriteNumber("copiedCharacters", copies.CopiedCharacters);
        json.WriteNumber("share", copies.Share);
        json.WriteStartArray("passages");
        foreach (CopiedPassage passage in copies.Passages)
        {
            json.WriteStartObject();
            json.WriteNumber("start", passage.Start);
            json.WriteNumber("length", passage.Length);
            json.WriteString("source", passage.Source);
            json.WriteNumber("line", passage.Line);
            json.WriteNumber("position", passage.Position);
            json.WriteString("text", passage.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Percent(double part, double whole) =>
        string.Create(CultureInfo.InvariantCulture, $"{(whole == 0 ? 0 : 100 * part / whole):F1} %");

    private void Count(string name, TextCopies copies)
    {
        (textCount, characters, copied) = (textCount + 1, characters + copies.CharacterCount, copied + copies.CopiedCharacters);
        minimumLength = copies.MinimumLength;
        longest =
        [
            .. longest.Concat(copies.Passages.Select(passage => (Name: name, Passage: passage)))
                .Where(one => !string.IsNullOrWhiteSpace(one.Passage.Text))
                .OrderByDescending(one => one.Passage.Length).DistinctBy(one => one.Passage.Text).Take(PassagesShown),
        ];
        if (copies.Share > 0) shares = [.. shares.Append((name, copies.Share)).OrderByDescending(one => one.Share).Take(TextsShown)];
    }
}
