using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Text.Cache;

namespace Aphorist.Cli.Commands.Corpora;

/// <summary>`aphorist corpora`: the texts that can be had by name.</summary>
internal static class CorporaCommand
{
    private static readonly Argument<string?> Name = NameArgument();

    public static Command Create()
    {
        Command command = new("corpora", "Lists the texts that can be used by name, or downloads one.") { Name };
        command.SetAction(async (call, cancellationToken) =>
        {
            CommandOutput output = CommandOutput.Of(call);
            if (call.GetValue(Name) is string name) await FetchAsync(CorpusCatalog.Get(name), output, cancellationToken);
            else List(output);
            return ExitCode.Done;
        });
        Example.Attach(
            command,
            new("aphorist corpora", "Lists the texts with size, licence and location."),
            new("aphorist corpora nietzsche", "Downloads a text, verifies it and prints its path."));
        return command;
    }

    private static async Task FetchAsync(CorpusEntry entry, CommandOutput output, CancellationToken cancellationToken)
    {
        await using (DownloadReport report = new(output))
            await CorpusCatalog.OpenAsync(entry.Name, progress: report, cancellationToken: cancellationToken);
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
            entry.Name, string.Create(CultureInfo.InvariantCulture, $"{entry.ByteCount:N0} bytes"), entry.License, entry.Description, PlaceOf(entry),
        });
        TextTable.Write(output.Result, [.. rows]);
        TellOfPrepared(output.Notes);
    }

    private static void TellOfPrepared(TextWriter notes)
    {
        IReadOnlyList<string> files = CorpusCacheStore.OfUser.Files();
        if (files.Count == 0) return;
        notes.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Large texts are kept prepared in {CorpusCacheStore.OfUser.Folder}: {files.Count} {(files.Count == 1 ? "file" : "files")}, {Quantity.Of(files.Sum(file => new FileInfo(file).Length))}B. Delete any of them, or the folder, to free the space; what is needed again is made again."));
    }

    private static string PlaceOf(CorpusEntry entry) =>
        entry.IsBuiltIn ? "built in" : CorpusCatalog.IsAvailableOffline(entry) ? Path.Combine(CorpusCatalog.Folder, entry.FileName) : "not downloaded yet";

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
        Argument<string?> argument = WordArgument.Optional("NAME", "The text to download and verify. Default: list all texts.");
        argument.CompletionSources.Add(_ => CorpusCatalog.Entries.Select(entry => entry.Name));
        return argument;
    }
}
