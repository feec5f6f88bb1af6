using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Cache;

/// <summary>`aphorist cache`: lists and clears downloaded corpora and cached large corpora.</summary>
internal static class CacheCommand
{
    private static readonly Argument<string[]> Names = CreateNames();

    public static Command Create()
    {
        Command command = new("cache", "List or clear the disk space used by downloaded and large corpora.") { CreateClear() };
        command.SetAction(call =>
        {
            List(new CorpusCache(), CommandOutput.Of(call));
            return ExitCode.Done;
        });
        Example.Attach(
            command,
            new("aphorist cache", "List all files in the cache with their sizes and paths."),
            new("aphorist cache clear", "Delete them. What is needed again is downloaded or created again."));
        return command;
    }

    private static Command CreateClear()
    {
        Command command = new(
            "clear", "Delete all files in the cache, or those of some corpora. What is needed again is created again.") { Names };
        command.SetAction(call =>
        {
            Clear(new CorpusCache(), call.GetValue(Names) ?? [], CommandOutput.Of(call));
            return ExitCode.Done;
        });
        Example.Attach(
            command,
            new("aphorist cache clear", "Delete everything in the cache."),
            new("aphorist cache clear large.txt", "Delete what was created from one large file."));
        return command;
    }

    private static Argument<string[]> CreateNames()
    {
        Argument<string[]> names = WordArgument.Several("NAME", "The corpora whose files to delete. All files by default.");
        names.CompletionSources.Add(_ => new CorpusCache().GetEntries().Select(entry => entry.Name).Distinct());
        return names;
    }

    private static void List(CorpusCache cache, CommandOutput output)
    {
        IReadOnlyList<CorpusCacheEntry> entries = cache.GetEntries();
        if (output.Json)
        {
            foreach (CorpusCacheEntry entry in entries) output.Result.Announce(ToJson(entry));
            return;
        }

        TextTable.Write(output.Result, [.. entries.Select(entry => new[]
        {
            entry.Name, NameOf(entry.Kind), string.Create(CultureInfo.InvariantCulture, $"{entry.ByteCount:N0} bytes"), entry.Path,
        })]);
        output.Notes.WriteLine($"{Summarize(entries)}. Downloads are in {cache.DownloadFolder}, large corpora in {cache.Folder}.");
    }

    private static void Clear(CorpusCache cache, string[] names, CommandOutput output)
    {
        IReadOnlyList<CorpusCacheEntry> entries = cache.GetEntries();
        foreach (string name in names)
        {
            if (!entries.Any(entry => IsNamed(entry, name)))
                throw new CorpusException($"The cache has no files of '{name}': 'aphorist cache' lists all.");
        }

        CorpusCacheEntry[] deleted = [.. entries.Where(entry => names.Length == 0 || names.Any(name => IsNamed(entry, name)))];
        if (names.Length == 0) cache.Clear();
        foreach (CorpusCacheEntry entry in deleted)
        {
            entry.Delete();
            if (output.Json) output.Result.Announce(ToJson(entry));
        }

        if (!output.Json) output.Result.Announce($"Deleted {Summarize(deleted)}.");
    }

    private static bool IsNamed(CorpusCacheEntry entry, string name) => string.Equals(
        entry.Name,
        CorpusCatalog.TryGet(name, out CorpusEntry? known) ? known.Name : name,
        StringComparison.OrdinalIgnoreCase);

    private static string Summarize(IReadOnlyCollection<CorpusCacheEntry> entries)
    {
        return $"{Plural.Of(entries.Count, "file")}, {Plural.Of(entries.Sum(entry => entry.ByteCount), "byte")}";
    }

    private static string NameOf(CorpusCacheKind kind) => kind.ToString().ToLowerInvariant();

    private static string ToJson(CorpusCacheEntry entry) => JsonLine.Of(json =>
    {
        json.WriteString("name", entry.Name);
        json.WriteString("kind", NameOf(entry.Kind));
        json.WriteNumber("bytes", entry.ByteCount);
        json.WriteString("path", entry.Path);
        json.WriteString("lastUsed", entry.LastUsed);
    });
}
