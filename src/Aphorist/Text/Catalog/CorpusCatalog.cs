using System.Diagnostics.CodeAnalysis;
using Aphorist.Text.Catalog;

namespace Aphorist;

/// <summary>
/// The corpora that can be opened by name with
/// <see cref="Corpus.OpenAsync(string, CorpusOptions?, IProgress{CorpusProgress}?, CancellationToken)"/>.
/// </summary>
public static class CorpusCatalog
{
    /// <summary>Before a name, where that could also be the name of a file.</summary>
    internal const string Prefix = "catalog:";

    /// <summary>All entries, the built-in ones first.</summary>
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

    /// <summary>Finds an entry by name, ignoring case.</summary>
    /// <param name="name">The name, alone or after <c>catalog:</c>.</param>
    /// <param name="entry">The entry, if there is one.</param>
    public static bool TryGet(string name, [NotNullWhen(true)] out CorpusEntry? entry)
    {
        string plain = WithoutPrefix(name);
        entry = Entries.FirstOrDefault(candidate => string.Equals(candidate.Name, plain, StringComparison.OrdinalIgnoreCase));
        return entry is not null;
    }

    /// <summary>Gets an entry by name, ignoring case.</summary>
    /// <param name="name">The name, alone or after <c>catalog:</c>.</param>
    /// <exception cref="CorpusException">There is no such entry. The message names the nearest and lists all.</exception>
    public static CorpusEntry Get(string name) => TryGet(name, out CorpusEntry? entry)
        ? entry
        : throw CorpusException.UnknownName(WithoutPrefix(name));

    private static string WithoutPrefix(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) ? name[Prefix.Length..] : name;

    /// <summary>
    /// Whether opening an entry needs no network: it is built in, or its file was downloaded. The file is verified only when it is opened.
    /// </summary>
    /// <param name="entry">The entry.</param>
    /// <param name="options">The options whose <see cref="CorpusOptions.DownloadFolder"/> is looked in; the default folder if null.</param>
    public static bool IsAvailableOffline(CorpusEntry entry, CorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return entry.IsBuiltIn || File.Exists(new CorpusDownloader(options ?? CorpusOptions.Default).GetPath(entry));
    }
}

/// <summary>A corpus of the catalog: its name, license and where it comes from.</summary>
public sealed record CorpusEntry
{
    /// <summary>The name to open it by.</summary>
    public required string Name { get; init; }

    /// <summary>A short description.</summary>
    public required string Description { get; init; }

    /// <summary>The license of the text.</summary>
    public required string License { get; init; }

    /// <summary>The address it is downloaded from, or null if it is built in.</summary>
    public Uri? Uri { get; init; }

    /// <summary>The file's name in the download folder or in the library.</summary>
    public required string FileName { get; init; }

    /// <summary>The file's length in bytes.</summary>
    public required long ByteCount { get; init; }

    /// <summary>SHA-256 of the file's bytes, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Whether the text is part of the library, so that opening it needs no network.</summary>
    public bool IsBuiltIn => Uri is null;
}
