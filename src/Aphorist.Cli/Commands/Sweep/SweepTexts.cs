using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Sweep;

/// <summary>The texts of a sweep, which are to be the same for the runs that are finished and for those to come.</summary>
internal static class SweepTexts
{
    /// <summary>Reads the texts of the finished runs again, each once.</summary>
    /// <exception cref="UsageException">One of them is another text by now.</exception>
    /// <exception cref="CorpusException">One of them cannot be read any more.</exception>
    public static async Task EnsureUnchangedAsync(IEnumerable<SweptRun> finished, CommandOutput output, CancellationToken cancellationToken)
    {
        HashSet<string> seen = [];
        foreach (SweptRun run in finished)
        {
            TrainingRunOptions begun = TrainingRun.Open(run.Folder).Options;
            string[] texts = [.. begun.Corpus, begun.CorpusSha256!, begun.ValidationText ?? "", begun.ValidationSha256 ?? "", begun.Encoding ?? "", $"{begun.Lowercase}"];
            if (!seen.Add(string.Join('\n', texts))) continue;
            CorpusOptions reading = new() { Encoding = begun.Encoding, Lowercase = begun.Lowercase };
            Corpus corpus = await CorpusOpening.OpenAsync(begun.Corpus, reading, output, cancellationToken);
            Corpus? validation = await ValidationText.OpenAsync(begun.ValidationText, reading, output, cancellationToken);
            string? changed = corpus.Sha256 != begun.CorpusSha256 ? corpus.Name : validation?.Sha256 != begun.ValidationSha256 ? validation!.Name : null;
            if (changed is not null)
                throw new UsageException($"'{changed}' is another text than the run {run.Name} had, and losses on different texts do not compare: bring the text back, or choose another folder with --sweep.");
        }
    }
}
