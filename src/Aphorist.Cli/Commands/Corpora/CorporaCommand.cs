using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Corpora;

/// <summary>`aphorist corpora`: the corpora that can be used by name.</summary>
internal static class CorporaCommand
{
    private static readonly Argument<string?> Name = NameArgument();

    public static Command Create()
    {
        Command command = new(
            "corpora",
            "List the corpora that can be used by name, or download one. A file or folder of the same name comes before a corpus; "
            + "catalog:NAME is always the corpus.")
        {
            Name,
        };
        command.SetAction(async (call, cancellationToken) =>
        {
            CommandOutput output = CommandOutput.Of(call);
            if (call.GetValue(Name) is string name) await FetchAsync(CorpusCatalog.Get(name), output, cancellationToken);
            else List(output);
            return ExitCode.Done;
        });
        Example.Attach(
            command,
            new("aphorist corpora", "List the texts with size, licence and location."),
            new("aphorist corpora nietzsche", "Download a text, verify it and print its path."));
        return command;
    }

    private static async Task FetchAsync(CorpusEntry entry, CommandOutput output, CancellationToken cancellationToken)
    {
        await using (CorpusProgressReport report = new(output))
            await Corpus.OpenAsync(entry, progress: report, cancellationToken: cancellationToken);
        output.Result.Announce(output.Json ? JsonOf(entry) : PlaceOf(entry));
    }

    private static void List(CommandOutput output)
    {
        if (output.Json)
        {
            foreach (CorpusEntry entry in CorpusCatalog.Entries) output.Result.Announce(JsonOf(entry));
            return;
        }

        IEnumerable<string[]> rows = CorpusCatalog.Entries.Select(entry => new[]
        {
            entry.Name,
            string.Create(CultureInfo.InvariantCulture, $"{entry.ByteCount:N0} bytes"),
            entry.License,
            entry.Description,
            PlaceOf(entry),
        });
        TextTable.Write(output.Result, [.. rows]);
        NoteCache(output.Notes);
    }

    private static void NoteCache(TextWriter notes)
    {
        CorpusCache cache = new();
        CorpusCacheEntry[] files = [.. cache.GetEntries().Where(file => file.Kind != CorpusCacheKind.Download)];
        if (files.Length == 0) return;
        string count = Plural.Of(files.Length, "file"), size = $"{Quantity.Of(files.Sum(file => file.ByteCount))}B";
        notes.WriteLine($"Large corpora are cached in {cache.Folder}: {count}, {size}. 'aphorist cache' lists and clears them.");
    }

    private static string PlaceOf(CorpusEntry entry) =>
        entry.IsBuiltIn ? "built in"
        : CorpusCatalog.IsAvailableOffline(entry) ? Path.Combine(new CorpusCache().DownloadFolder, entry.FileName)
        : "not downloaded yet";

    private static string JsonOf(CorpusEntry entry) => JsonLine.Of(json =>
    {
        json.WriteString("name", entry.Name);
        json.WriteString("description", entry.Description);
        json.WriteString("license", entry.License);
        json.WriteNumber("bytes", entry.ByteCount);
        json.WriteString("sha256", entry.Sha256);
        json.WriteBoolean("builtIn", entry.IsBuiltIn);
        json.WriteString("address", entry.Uri?.ToString());
        json.WriteString("path", !entry.IsBuiltIn && CorpusCatalog.IsAvailableOffline(entry) ? PlaceOf(entry) : null);
    });

    private static Argument<string?> NameArgument()
    {
        Argument<string?> argument = WordArgument.Optional("NAME", "The corpus to download and verify. Default: list all.");
        argument.CompletionSources.Add(_ => CorpusCatalog.Entries.Select(entry => entry.Name));
        return argument;
    }
}
