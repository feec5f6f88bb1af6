namespace Aphorist.Text.Cache;

/// <summary>
/// Reads the files of a large text once, block by block, and writes the codes of their normalized characters to the cache.
/// </summary>
/// <param name="name">The name of the corpus.</param>
/// <param name="paths">Its files, as errors name them.</param>
/// <param name="options">How they are read.</param>
internal sealed class CorpusCaching(string name, IReadOnlyList<string> paths, CorpusOptions options)
{
    private readonly CacheFileSource[] sources = [.. paths.Select(CacheFileSource.Of)];
    private readonly TextDecoder decoder = new(options.Encoding);
    private readonly CharacterCodes characters = new();
    private readonly TextDigest digest = new();
    private readonly List<long> starts = [];
    private int[] codes = [];
    private bool endsWithLineFeed = true;

    private long Total => sources.Sum(source => source.Length);

    /// <summary>The file of the cache that holds the text: it fits as long as none of the source files has changed.</summary>
    public CacheRequest Request => new(
        name,
        $"{options.Encoding}\n{options.Lowercase}\n{string.Join('\n', sources.Select(source => source.Path))}",
        Total,
        found => found.Tokenizer is null && found.Encoding == options.Encoding && found.Lowercase == options.Lowercase
            && found.Sources.SequenceEqual(sources));

    /// <summary>Writes the whole text.</summary>
    /// <param name="writer">Receives the codes.</param>
    /// <param name="progress">Receives progress after every block.</param>
    /// <param name="cancellationToken">Cancels between two blocks.</param>
    /// <returns>The description of the cache file.</returns>
    /// <exception cref="CorpusException">A file cannot be read, is not text, or changes while it is read.</exception>
    public async Task<CacheFileDescription> WriteAsync(
        CacheFileWriter writer, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken)
    {
        long done = 0, total = Total;
        for (int index = 0; index < sources.Length; index++)
        {
            long before = done;
            void Report(long read) => progress?.Report(new(CorpusStage.Cache, name, before + read, total));
            await AddAsync(writer, paths[index], Report, cancellationToken).ConfigureAwait(false);
            done += sources[index].Length;
            // A later change alters the time of modification, which the next run notices.
            if (CacheFileSource.Of(paths[index]) != sources[index]) throw CorpusException.Changed(paths[index]);
        }

        return new CacheFileDescription
        {
            Name = name,
            Sources = sources,
            Starts = starts,
            Encoding = options.Encoding,
            Lowercase = options.Lowercase,
            Notes = decoder.Notes,
            Sha256 = digest.Finish(),
            Count = writer.Count,
            Width = writer.Width,
            Characters = characters.Characters,
        };
    }

    private async Task AddAsync(CacheFileWriter writer, string path, Action<long> report, CancellationToken cancellationToken)
    {
        using FileStream file = Open(path);
        TextBlockReader reader = new(decoder, file, path, options.BlockLength);
        TextNormalization.Blocks normalization = new(options.Normalization);
        bool isBegun = false;
        while (await AdvanceAsync(reader, path, cancellationToken).ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            report(reader.BytesRead);
            isBegun |= Append(writer, normalization.Apply(reader.Text), isBegun);
        }

        isBegun |= Append(writer, normalization.Finish(), isBegun);
        if (!isBegun) starts.Add(-1);
    }

    /// <summary>Appends a block of a file's text, after a line feed where one is missing between two files.</summary>
    /// <returns>Whether there was any text.</returns>
    private bool Append(CacheFileWriter writer, ReadOnlySpan<char> text, bool isBegun)
    {
        if (text.IsEmpty) return false;
        if (!isBegun && !endsWithLineFeed) Append(writer, "\n");
        if (!isBegun) starts.Add(writer.Count);
        Append(writer, text);
        return true;
    }

    private void Append(CacheFileWriter writer, ReadOnlySpan<char> text)
    {
        if (codes.Length < text.Length) codes = new int[text.Length];
        int count = characters.Encode(text, codes);
        digest.Append(text);
        writer.Write(codes.AsSpan(0, count), characters.Count);
        endsWithLineFeed = text[^1] == '\n';
    }

    // Failures of reading a source file are told apart from those of writing the cache.
    private static FileStream Open(string path)
    {
        try
        {
            FileOptions options = FileOptions.Asynchronous | FileOptions.SequentialScan;
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, options);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }

    private static async ValueTask<bool> AdvanceAsync(TextBlockReader reader, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.AdvanceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }
}
