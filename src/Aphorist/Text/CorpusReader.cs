using Aphorist.Text.Cache;

namespace Aphorist.Text;

/// <summary>Gathers texts from files, folders, globs and streams into one corpus.</summary>
/// <param name="options">How they are read.</param>
/// <param name="standardInput">What <c>-</c> reads; the process's standard input by default.</param>
/// <param name="texts">Where large texts are prepared; the user's folder by default.</param>
internal sealed class CorpusReader(CorpusOptions options, Stream? standardInput, CorpusCacheStore? texts = null)
{
    private const int LongestText = 0x3FFFFFDF; // Of a .NET string.
    private const int LongestMark = 4; // A byte order mark alone is no text.

    private readonly CorpusCacheStore texts = texts ?? CorpusCacheStore.OfUser;
    private readonly TextDecoder decoder = new(options.Encoding);
    private readonly List<CorpusPart> parts = [];

    /// <summary>Adds a file, a folder, a glob, or standard input for <c>-</c>.</summary>
    public void Add(string source)
    {
        if (source == "-") AddStandardInput();
        else if (File.Exists(source)) AddFile(source, Path.GetFileName(source));
        else if (Directory.Exists(source)) AddFound(source, FileSearch.TextFilesUnder(source), "has no .txt file in it or below it");
        else if (FileSearch.IsGlob(source)) AddFound(source, FileSearch.Matching(source), "matches no file");
        else throw CorpusErrors.NoSuchFile(source);
    }

    /// <summary>Adds a file under a name.</summary>
    public void AddFile(string path, string name) => parts.Add(new(name, [path], default, $"'{path}' is empty: give a file with some text in it."));

    /// <summary>Adds all that is left of a stream.</summary>
    public void AddStream(Stream stream, string name)
    {
        using MemoryStream bytes = new();
        try
        {
            stream.CopyTo(bytes);
        }
        catch (IOException exception)
        {
            throw CorpusErrors.Unreadable(name, exception);
        }
        parts.Add(new(name, [], new(bytes.GetBuffer(), 0, (int)bytes.Length), $"Nothing came from {name}: give it some text, for example with 'cat FILE |' before the command."));
    }

    /// <summary>Reads all that was added: into memory, or, if it is files and they are large, into a prepared text on disk.</summary>
    /// <param name="progress">Hears of the preparation.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Corpus ToCorpus(IProgress<PreparationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (parts.Count == 0) throw new CorpusException("No text was named: give the name of a corpus, a file, a folder, a glob, or - for standard input.");
        string name = parts.Count == 1 ? parts[0].Name : $"{parts[0].Name} and {parts.Count - 1} more";
        return AreLarge() ? Prepare(name, progress, cancellationToken) : Corpus.FromNormalizedText(ReadAll(), name, options.Normalization);
    }

    private void AddStandardInput()
    {
        if (standardInput is not null) AddStream(standardInput, "standard input");
        else
        {
            using Stream console = Console.OpenStandardInput();
            AddStream(console, "standard input");
        }
    }

    /// <summary>Adds the files found for a folder or glob; empty ones among them are no reason to stop.</summary>
    private void AddFound(string source, IReadOnlyList<string> paths, string failure)
    {
        if (paths.Count == 0) throw new CorpusException($"'{source}' {failure}: check the path, or name the files one by one.");
        string name = FileSearch.IsGlob(source) ? source : Path.GetFileName(Path.GetFullPath(source).TrimEnd(Path.DirectorySeparatorChar));
        parts.Add(new(name, paths, default, $"All {paths.Count} files of '{source}' are empty: give at least one with some text in it."));
    }

    /// <summary>What came through a pipe is in memory already, and could not be found again by its path.</summary>
    private bool AreLarge() => parts.TrueForAll(part => part.Paths.Count > 0) && parts.Sum(part => part.Paths.Sum(LengthOf)) >= texts.Threshold;

    private Corpus Prepare(string name, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        foreach (CorpusPart part in parts)
        {
            if (part.Paths.All(IsEmpty)) throw new CorpusException(part.Empty);
        }

        CacheFile file = texts.Open(name, [.. parts.SelectMany(part => part.Paths)], options, progress, cancellationToken);
        return Corpus.FromPreparedText(name, new CachedCorpus(texts, file));
    }

    private bool IsEmpty(string path) => LengthOf(path) <= LongestMark && decoder.Decode(ReadBytes(path), path).Length == 0;

    private string ReadAll()
    {
        List<string> read = [];
        long length = 0;
        foreach (CorpusPart part in parts)
        {
            bool any = part.Paths.Count == 0 && TryAppend(part.Bytes, part.Name);
            foreach (string path in part.Paths) any |= TryAppend(ReadBytes(path), path);
            if (!any) throw new CorpusException(part.Empty);
        }

        return read.Count == 1 ? read[0] : string.Concat(read);

        bool TryAppend(ArraySegment<byte> bytes, string label)
        {
            string text = options.Normalization.Apply(decoder.Decode(bytes, label));
            if (text.Length == 0) return false;
            if (read.Count > 0 && !read[^1].EndsWith('\n')) read.Add("\n");
            read.Add(text);
            length += text.Length + 1;
            return length <= LongestText ? true : throw CorpusErrors.TooLong(label);
        }
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            // A pipe or device has no length; ReadAllBytes reads those to their end.
            return LengthOf(path) > LongestText ? throw CorpusErrors.TooLong(path) : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusErrors.Unreadable(path, exception);
        }
    }

    private static long LengthOf(string path) => CacheFileSource.Of(path).Length;
}
