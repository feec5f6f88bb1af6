using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Aphorist.Text;
using Aphorist.Text.Catalog;

namespace Aphorist;

/// <summary>The corpora that can be had by name: five built in, the others downloaded once and verified every time.</summary>
public static class CorpusCatalog
{
    private static readonly CorpusDownloadFolder Cache = new();

    /// <summary>All entries, those built in first.</summary>
    public static IReadOnlyList<CorpusEntry> Entries { get; } =
    [
        new()
        {
            Name = "fables",
            Description = "549 short fables in simple English, written for this project",
            License = "CC0-1.0",
            FileName = "fables-en.txt",
            ByteCount = 575_602,
            Sha256 = "7657cfac8883a2555d93e9bbff22180ce820f8f9698ab7d667dfbfb598bf32e3",
        },
        new()
        {
            Name = "fables-zh",
            Description = "600 short fables in simple Chinese, written for this project",
            License = "CC0-1.0",
            FileName = "fables-zh.txt",
            ByteCount = 611_628,
            Sha256 = "3c7ded511d0604146a7d9a90191da818c37c4f5d93f1e963538bf819b6f1b629",
        },
        new()
        {
            Name = "aphorisms",
            Description = "120 short essays in plain English, written for this project",
            License = "CC0-1.0",
            FileName = "aphorisms-en.txt",
            ByteCount = 122_147,
            Sha256 = "cf3b47665b138a9c883465bdbfe5b0227587b5378abeeefa15f2596fad88cb96",
        },
        new()
        {
            Name = "aphorisms-zh",
            Description = "short notes in Simplified Chinese, written for this project",
            License = "CC0-1.0",
            FileName = "aphorisms-zh.txt",
            ByteCount = 107_935,
            Sha256 = "4cd56a3540fe4d1b4c0f215d70adcfd5a68987b2fdda47b19565cdac4bb71afa",
        },
        new()
        {
            Name = "names",
            Description = "2,466 given names of many cultures, a line each, written for this project",
            License = "CC0-1.0",
            FileName = "names.txt",
            ByteCount = 17_247,
            Sha256 = "28dfa69f68d3d9eeba3fad07ec0498335001dfc8ad2b719db94646ceab2a9e37",
        },
        new()
        {
            Name = "nietzsche",
            Description = "Beyond Good and Evil in English: the corpus of the Keras notebook",
            License = "public domain",
            Uri = new("https://s3.amazonaws.com/text-datasets/nietzsche.txt"),
            FileName = "nietzsche.txt",
            ByteCount = 600_901,
            Sha256 = "23cf69874ab69d3d256099ab530ea4be24d47d9675b673bcc67cbcd6298ec647",
        },
        new()
        {
            Name = "tinyshakespeare",
            Description = "40,000 lines of Shakespeare: the corpus of char-rnn",
            License = "public domain",
            Uri = new("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"),
            FileName = "tinyshakespeare.txt",
            ByteCount = 1_115_394,
            Sha256 = "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        },
    ];

    /// <summary>
    /// Where downloaded corpora lie: the folder that the environment variable <c>APHORIST_CORPORA</c> names, or else
    /// <c>aphorist/corpora</c> in the user's local application data. A file put there by hand under the entry's name is used.
    /// </summary>
    public static string Folder => Cache.Folder;

    /// <summary>Finds an entry by name, upper and lower case alike.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out CorpusEntry? entry)
    {
        entry = Entries.FirstOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        return entry is not null;
    }

    /// <summary>Finds an entry by name.</summary>
    /// <exception cref="CorpusException">There is none; the message names the nearest and lists all.</exception>
    public static CorpusEntry Get(string name)
    {
        if (TryGet(name, out CorpusEntry? entry)) return entry;
        string nearest = NearestName.To(name, Entries.Select(candidate => candidate.Name)) is { } found ? $" (did you mean '{found}'?)" : "";
        throw new CorpusException($"There is no corpus '{name}'{nearest}: the catalogue has {string.Join(", ", Entries.Select(candidate => candidate.Name))}; " +
            "for a file of your own give its path.");
    }

    /// <summary>Whether the entry's text is at hand, so that opening it needs no network: built in, or downloaded (which is not verified here).</summary>
    public static bool IsAvailableOffline(CorpusEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.IsBuiltIn || File.Exists(Cache.PathOf(entry));
    }

    /// <summary>Opens a corpus by name: from the library, from the cache folder, or from its address, from which an interrupted download goes on.</summary>
    /// <param name="name">The entry's name.</param>
    /// <param name="options">Encoding and lower-casing; UTF-8 as it is by default.</param>
    /// <param name="progress">Hears of a download, block by block; never of a text that is at hand.</param>
    /// <param name="cancellationToken">Stops a download; what has come stays for the next time.</param>
    /// <exception cref="CorpusException">There is no such entry, or it cannot be downloaded, or is not what the catalogue says.</exception>
    public static Task<Corpus> OpenAsync(
        string name, CorpusOptions? options = null, IProgress<DownloadProgress>? progress = null, CancellationToken cancellationToken = default) =>
        OpenAsync(name, options, progress, Cache, cancellationToken);

    internal static async Task<Corpus> OpenAsync(
        string name, CorpusOptions? options, IProgress<DownloadProgress>? progress, CorpusDownloadFolder cache, CancellationToken cancellationToken)
    {
        CorpusReader reader = new(options ?? CorpusOptions.Default, standardInput: null);
        await AddAsync(reader, Get(name), progress, cache, cancellationToken).ConfigureAwait(false);
        return reader.ToCorpus(progress: null, cancellationToken);
    }

    internal static async Task AddAsync(
        CorpusReader reader, CorpusEntry entry, IProgress<DownloadProgress>? progress, CorpusDownloadFolder? cache, CancellationToken cancellationToken)
    {
        if (entry.IsBuiltIn)
        {
            using Stream compressed = typeof(CorpusCatalog).Assembly.GetManifestResourceStream($"corpora/{entry.FileName}")!;
            using GZipStream text = new(compressed, CompressionMode.Decompress);
            reader.AddStream(text, entry.Name);
        }
        else
        {
            reader.AddFile(await (cache ?? Cache).FetchAsync(entry, progress, cancellationToken).ConfigureAwait(false), entry.Name);
        }
    }
}
