using System.Security.Cryptography;
using System.Text;

namespace Aphorist.Text.Cache;

/// <summary>
/// The folder of prepared texts. A corpus whose files are large is not held in memory: it is read once, and its characters are kept in a file here, from
/// which the next run begins at once.
/// </summary>
/// <param name="folder">The folder; by default the one that the environment names.</param>
internal sealed class CorpusCacheStore(string? folder = null)
{
    private const string Ending = ".prepared";
    private static readonly TimeSpan TurnWait = TimeSpan.FromMilliseconds(100);

    /// <summary>The texts of this process's user.</summary>
    public static CorpusCacheStore OfUser { get; } = new();

    /// <summary>
    /// Where they lie: the folder that the environment variable <c>APHORIST_PREPARED</c> names, or else <c>aphorist/prepared</c> in the user's local application
    /// data. Nothing there is needed: what is deleted is made again.
    /// </summary>
    public string Folder => folder ?? (Environment.GetEnvironmentVariable("APHORIST_PREPARED") is { Length: > 0 } named ? named : UserFolder);

    /// <summary>Bytes from which on a text is prepared, not held in memory.</summary>
    public long Threshold { get; init; } = 64 << 20;

    /// <summary>Bytes that are read at a time.</summary>
    public int BlockLength { get; init; } = 1 << 18;

    private static string UserFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "aphorist", "prepared");

    /// <summary>The paths of all prepared files: texts, and the ids and vocabularies that were made of them.</summary>
    public IReadOnlyList<string> Files() => Directory.Exists(Folder) ? [.. Directory.EnumerateFiles(Folder, "*" + Ending).Order(StringComparer.Ordinal)] : [];

    /// <summary>The prepared text of these files, which is made if it is not there, or if one of them has changed since.</summary>
    /// <param name="name">What the corpus is called.</param>
    /// <param name="paths">The files, in their order.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="progress">Hears of the preparation.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="CorpusException">A file cannot be read or is no text, or the folder cannot take the prepared one.</exception>
    public CacheFile Open(string name, IReadOnlyList<string> paths, CorpusOptions options, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        CacheFileSource[] sources = [.. paths.Select(CacheFileSource.Of)];
        string key = $"{options.Encoding}\n{options.Lowercase}\n{string.Join('\n', sources.Select(source => source.Path))}";
        return OpenOrMake(
            name,
            PathOf(name, key),
            sources.Sum(source => source.Length),
            found => found.Tokenizer is null && found.Encoding == options.Encoding && found.Lowercase == options.Lowercase && found.Sources.SequenceEqual(sources),
            writer => new CorpusCaching(name, sources, paths, options, BlockLength).Write(writer, progress, cancellationToken),
            cancellationToken);
    }

    /// <summary>A file that fits, which is made if it is not there.</summary>
    /// <param name="name">What the corpus is called.</param>
    /// <param name="path">The file.</param>
    /// <param name="length">About how many bytes it will have.</param>
    /// <param name="fits">Whether a file that is there is the one that is wanted.</param>
    /// <param name="write">Writes it, and returns what it says of itself.</param>
    /// <param name="cancellationToken">Stops the wait for another process that writes it.</param>
    public CacheFile OpenOrMake(
        string name, string path, long length, Func<CacheFileDescription, bool> fits, Func<CacheFileWriter, CacheFileDescription> write, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (CacheFile.TryOpen(path) is { } found && fits(found.Description)) return found;
                // Of several at once, one writes and the others wait for the file; should it fail, the next one takes its turn.
                using CacheFileWriter? writer = CacheFileWriter.TryBegin(path);
                if (writer is null) cancellationToken.WaitHandle.WaitOne(TurnWait);
                else if (CacheFile.TryOpen(path) is { } made && fits(made.Description)) return made;
                else writer.Commit(write(writer));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CorpusException(
                FormattableString.Invariant($"'{name}' is too large for memory, and {Folder} cannot take it prepared ({exception.Message.TrimEnd('.')}): about {length:N0} bytes must be free ") +
                "there, or set APHORIST_PREPARED to another folder.", exception);
        }
    }

    /// <summary>The path of a prepared file.</summary>
    /// <param name="name">The name of the corpus, for people.</param>
    /// <param name="key">What tells it from other files.</param>
    public string PathOf(string name, string key)
    {
        string readable = string.Concat(name.Take(40).Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-'));
        return Path.Combine(Folder, $"{readable}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16]}{Ending}");
    }
}
