using System.Buffers;
using Aphorist.Text;
using Aphorist.Text.Catalog;

namespace Aphorist;

/// <summary>Opens what a user names a corpus by.</summary>
public static class CorpusSource
{
    private static readonly SearchValues<char> NoPartOfName = SearchValues.Create("./\\*?:");

    /// <summary>
    /// Opens a corpus of one or more arguments, each a name of the catalogue, a file, a folder, a glob, or <c>-</c> for standard input. A name
    /// of the catalogue is always the catalogue's: for a file called just <c>nietzsche</c> write <c>./nietzsche</c>.
    /// </summary>
    /// <param name="arguments">What the user typed; several texts are joined in this order, see <see cref="Corpus.Read(IEnumerable{string}, CorpusOptions?, Stream?)"/>.</param>
    /// <param name="options">Encoding and lower-casing; UTF-8 as it is by default.</param>
    /// <param name="standardInput">What <c>-</c> reads; the process's standard input by default.</param>
    /// <param name="progress">Hears of a download, block by block.</param>
    /// <param name="preparation">Hears of the preparation of a large text, block by block; never of one that is prepared already.</param>
    /// <param name="cancellationToken">Stops a download, of which what has come stays for the next time, and a preparation.</param>
    /// <exception cref="CorpusException">An argument names nothing, or nothing that can be read; the message says what to do.</exception>
    public static Task<Corpus> OpenAsync(
        IEnumerable<string> arguments,
        CorpusOptions? options = null,
        Stream? standardInput = null,
        IProgress<DownloadProgress>? progress = null,
        IProgress<PreparationProgress>? preparation = null,
        CancellationToken cancellationToken = default) =>
        OpenAsync(arguments, options, standardInput, progress, preparation, cache: null, cancellationToken);

    internal static async Task<Corpus> OpenAsync(
        IEnumerable<string> arguments,
        CorpusOptions? options,
        Stream? standardInput,
        IProgress<DownloadProgress>? progress,
        IProgress<PreparationProgress>? preparation,
        CorpusDownloadFolder? cache,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        CorpusReader reader = new(options ?? CorpusOptions.Default, standardInput);
        foreach (string argument in arguments)
        {
            if (CorpusCatalog.TryGet(argument, out CorpusEntry? entry))
                await CorpusCatalog.AddAsync(reader, entry, progress, cache, cancellationToken).ConfigureAwait(false);
            else if (LooksLikeName(argument) && !Path.Exists(argument)) CorpusCatalog.Get(argument); // Throws, with the nearest name.
            else reader.Add(argument);
        }
        return reader.ToCorpus(preparation, cancellationToken);
    }

    /// <summary>A word with no ending, folder or wildcard in it is more likely a misspelled name than a lost file.</summary>
    private static bool LooksLikeName(string argument) =>
        argument is not ("-" or "") && argument.AsSpan().IndexOfAny(NoPartOfName) < 0;
}
