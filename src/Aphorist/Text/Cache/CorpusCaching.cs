namespace Aphorist.Text.Cache;

/// <summary>Reads the files of a large text once, block by block, and writes the codes of their normalised characters.</summary>
internal sealed class CorpusCaching
{
    private readonly string name;
    private readonly IReadOnlyList<CacheFileSource> sources;
    private readonly IReadOnlyList<string> labels;
    private readonly CorpusOptions options;
    private readonly TextDecoder decoder;
    private readonly int blockLength;
    private readonly CharacterCodes characters = new();
    private readonly TextDigest digest = new();
    private int[] codes = [];
    private bool endsWithLineFeed = true;

    /// <param name="name">What the corpus is called.</param>
    /// <param name="sources">Its files as they are now.</param>
    /// <param name="labels">What each is called in errors.</param>
    /// <param name="options">How they are read.</param>
    /// <param name="blockLength">How many bytes to read at a time.</param>
    public CorpusCaching(string name, IReadOnlyList<CacheFileSource> sources, IReadOnlyList<string> labels, CorpusOptions options, int blockLength)
    {
        (this.name, this.sources, this.labels, this.options, this.blockLength) = (name, sources, labels, options, blockLength);
        decoder = new TextDecoder(options.Encoding);
    }

    /// <summary>Writes the whole text.</summary>
    /// <param name="writer">Takes the codes.</param>
    /// <param name="progress">Hears of every block.</param>
    /// <param name="cancellationToken">Stops between two blocks.</param>
    /// <returns>What is to be said of it.</returns>
    /// <exception cref="CorpusException">A file cannot be read, is no text, or changed meanwhile.</exception>
    public CacheFileDescription Write(CacheFileWriter writer, IProgress<PreparationProgress>? progress, CancellationToken cancellationToken)
    {
        long done = 0, total = sources.Sum(source => source.Length);
        for (int index = 0; index < sources.Count; index++)
        {
            long before = done;
            Add(writer, labels[index], read =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new(name, before + read, total));
            });
            done += sources[index].Length;
            // Whoever changes it afterwards changes the time, and so the next run notices.
            if (CacheFileSource.Of(labels[index]) != sources[index]) throw CorpusErrors.Changed(labels[index]);
        }

        return new CacheFileDescription
        {
            Name = name,
            Sources = sources,
            Encoding = options.Encoding,
            Lowercase = options.Lowercase,
            Sha256 = digest.Finish(),
            Count = writer.Count,
            Width = writer.Width,
            Characters = characters.Characters,
        };
    }

    private void Add(CacheFileWriter writer, string label, Action<long> report)
    {
        using FileStream file = Reading(label, () => new FileStream(label, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan));
        TextBlockReader reader = Reading(label, () => new TextBlockReader(decoder, file, label, blockLength));
        BlockNormalization normalization = new(options.Normalization);
        bool isBegun = false;
        while (Reading(label, reader.Advance))
        {
            report(reader.BytesRead);
            ReadOnlySpan<char> text = normalization.Apply(reader.Text);
            if (text.IsEmpty) continue;
            // Between two texts there is a line feed, if the first does not end with one.
            if (!isBegun && !endsWithLineFeed) Append(writer, "\n");
            isBegun = true;
            Append(writer, text);
        }
    }

    private void Append(CacheFileWriter writer, ReadOnlySpan<char> text)
    {
        if (codes.Length < text.Length) codes = new int[text.Length];
        int count = characters.Encode(text, codes);
        digest.Append(text);
        writer.Write(codes.AsSpan(0, count), characters.Count);
        endsWithLineFeed = text[^1] == '\n';
    }

    /// <summary>Tells failures of reading a file from those of writing the prepared one.</summary>
    private static T Reading<T>(string label, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusErrors.Unreadable(label, exception);
        }
    }
}
