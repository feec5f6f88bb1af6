using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The text that a run is measured on, where that is not a part of the text it learns.</summary>
internal static class ValidationText
{
    private const string StandardInput = "-";

    /// <summary>Refuses to read two texts from one stream.</summary>
    public static void Check(string? source, IReadOnlyList<string> corpus)
    {
        if (source == StandardInput && corpus.Contains(StandardInput))
            throw new UsageException("Standard input cannot be both the text to learn and the one to measure on: give a file for one of them.");
    }

    /// <summary>Opens it as the corpus was opened; null if the call names none.</summary>
    public static async Task<Corpus?> OpenAsync(string? source, CorpusOptions reading, CommandOutput output, CancellationToken cancellationToken) =>
        source is null ? null : await CorpusOpening.OpenAsync([source], reading, output, cancellationToken);
}
