namespace Aphorist.Text;

/// <summary>Gathers texts from files, folders, globs and streams into one corpus.</summary>
internal sealed class CorpusReader(CorpusOptions options, Stream? standardInput)
{
    private const int LongestText = 0x3FFFFFDF; // Of a .NET string.

    private readonly TextDecoder decoder = new(options.Encoding);
    private readonly List<string> texts = [];
    private readonly List<string> names = [];
    private long length;

    /// <summary>Adds a file, a folder, a glob, or standard input for <c>-</c>.</summary>
    public void Add(string source)
    {
        if (source == "-") AddStandardInput();
        else if (File.Exists(source)) AddFile(source, Path.GetFileName(source));
        else if (Directory.Exists(source)) AddFound(source, FileSearch.TextFilesUnder(source), "has no .txt file in it or below it");
        else if (FileSearch.IsGlob(source)) AddFound(source, FileSearch.Matching(source), "matches no file");
        else throw CorpusSentences.NoSuchFile(source);
    }

    /// <summary>Adds a file under a name.</summary>
    public void AddFile(string path, string name)
    {
        if (!TryAppend(ReadBytes(path), path)) throw new CorpusException($"'{path}' is empty: give a file with some text in it.");
        names.Add(name);
    }

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
            throw CorpusSentences.Unreadable(name, exception);
        }
        if (!TryAppend(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), name))
            throw new CorpusException($"Nothing came from {name}: give it some text, for example with 'cat FILE |' before the command.");
        names.Add(name);
    }

    public Corpus ToCorpus()
    {
        if (names.Count == 0) throw new CorpusException("No text was named: give the name of a corpus, a file, a folder, a glob, or - for standard input.");
        string name = names.Count == 1 ? names[0] : $"{names[0]} and {names.Count - 1} more";
        return Corpus.FromNormalizedText(texts.Count == 1 ? texts[0] : string.Concat(texts), name, options.Normalization);
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
        bool any = false;
        foreach (string path in paths) any |= TryAppend(ReadBytes(path), path);
        if (!any) throw new CorpusException($"All {paths.Count} files of '{source}' are empty: give at least one with some text in it.");
        names.Add(FileSearch.IsGlob(source) ? source : Path.GetFileName(Path.GetFullPath(source).TrimEnd(Path.DirectorySeparatorChar)));
    }

    private bool TryAppend(ReadOnlySpan<byte> bytes, string label)
    {
        string text = options.Normalization.Apply(decoder.Decode(bytes, label));
        if (text.Length == 0) return false;
        if (texts.Count > 0 && !texts[^1].EndsWith('\n')) texts.Add("\n");
        texts.Add(text);
        length += text.Length + 1;
        return length <= LongestText ? true : throw CorpusSentences.TooLong(label);
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            // A pipe or device has no length; ReadAllBytes reads those to their end.
            return new FileInfo(path).Length > LongestText ? throw CorpusSentences.TooLong(path) : File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusSentences.Unreadable(path, exception);
        }
    }
}
