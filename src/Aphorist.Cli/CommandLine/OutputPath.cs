using Aphorist.Cli.Terminal;
using Aphorist.IO;
using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>What a command writes to its output.</summary>
internal enum OutputContent
{
    /// <summary>The results, which otherwise go to standard output, as text or JSON lines.</summary>
    Results,

    /// <summary>A page or a picture, in addition to the results.</summary>
    Text,

    /// <summary>A model, in addition to the results.</summary>
    Binary,
}

/// <summary>Something that a command reads.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="Sources">Files, or folders, patterns, names of corpora and - for standard input.</param>
internal sealed record CommandInput(string Name, params IReadOnlyList<string> Sources)
{
    /// <summary>The files that would be read, as far as they exist.</summary>
    public IEnumerable<string> FindFiles(AphoristConsole console) => Sources.SelectMany(source =>
        source == OutputPath.Standard ? (IReadOnlyList<string>)(console.InputPath is string input ? [input] : [])
        : Directory.Exists(source) ? FileSearch.TextFilesUnder(source)
        : File.Exists(source) ? [source]
        : CorpusCatalog.TryGet(source, out CorpusEntry? entry) ? [Path.Combine(new CorpusCache().DownloadFolder, entry.FileName)]
        : FileSearch.IsGlob(source) ? FileSearch.Matching(source)
        : [source]);
}

/// <summary>
/// Where a command writes: a file, a device or pipe, or standard output for <c>-</c>. Every output of a command is created here, together
/// with everything that the command reads, because an output is never an input.
/// </summary>
internal sealed class OutputPath
{
    /// <summary>Standard output as an output, and standard input as an input.</summary>
    public const string Standard = "-";

    private readonly CommandOutput output;
    private readonly FileTarget? target;

    private OutputPath(string path, FileTarget? target, CommandOutput output) =>
        (Path, this.target, this.output) = (path, target is { IsStandardOutput: false } ? target : null, output);

    /// <summary>The path as given.</summary>
    public string Path { get; }

    /// <summary>The path for a message.</summary>
    public string Name => IsStandardOutput ? "standard output" : Path;

    public bool IsStandardOutput => target is null;

    /// <summary>Whether this is a file, and no device, pipe or standard output.</summary>
    public bool IsFile => target is { Kind: not FileKind.Stream };

    /// <summary>Where the command reports its results: standard output, unless this is standard output.</summary>
    public TextWriter Report => IsStandardOutput ? output.Notes : output.Result;

    /// <summary>Checks the output of a command before it reads anything.</summary>
    /// <param name="path">The path that the call names, or the default.</param>
    /// <param name="content">What will be written.</param>
    /// <param name="output">The streams of the call.</param>
    /// <param name="inputs">Everything that the command reads.</param>
    /// <exception cref="UsageException">The output is one of the inputs, or standard output cannot be used.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static OutputPath Of(string path, OutputContent content, CommandOutput output, params IReadOnlyList<CommandInput> inputs)
    {
        OutputPath created = new(path, path == Standard ? null : FileTarget.Of(path), output);
        if (created.IsStandardOutput) CheckStandardOutput(path, content, output);
        else created.EnsureIsNoInput(inputs);
        if (created.IsFile) AtomicFile.Check(path);
        return created;
    }

    /// <summary>Starts writing. A file is only replaced when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public OutputFile Open(CancellationToken cancellationToken)
    {
        if (IsStandardOutput) return new OutputFile(output, null, cancellationToken);
        if (IsFile) return new OutputFile(output, new AtomicFile(Path), cancellationToken);
        // Opening a pipe waits for its reader.
        Task<AtomicFile> opening = Task.Run(() => new AtomicFile(Path), cancellationToken);
        return new OutputFile(output, opening.WaitAsync(cancellationToken).GetAwaiter().GetResult(), cancellationToken);
    }

    /// <summary>Writes the whole output and completes it.</summary>
    /// <returns>The number of bytes.</returns>
    /// <exception cref="IOException">The file cannot be written, or the reader of a pipe does not want all of it.</exception>
    public long Write(Action<Stream> write, CancellationToken cancellationToken)
    {
        try
        {
            using OutputFile file = Open(cancellationToken);
            write(file.Stream);
            file.Commit();
            return file.Length;
        }
        catch (IOException exception) when (ResultStream.IsBrokenPipe(exception))
        {
            // Half a model is no result, unlike half a text.
            throw new InvalidDataException($"The reader of {Name} closed it before the output was complete.", exception);
        }
    }

    private static void CheckStandardOutput(string path, OutputContent content, CommandOutput output)
    {
        if (content != OutputContent.Results && output.Json)
            throw new UsageException($"--json and --output {path} both write to standard output: name a file with --output.");
        if (content == OutputContent.Binary && output.Console.IsOutputTerminal)
            throw new UsageException($"--output {path} would write a binary file to the terminal: redirect it, or name a file.");
    }

    private void EnsureIsNoInput(IReadOnlyList<CommandInput> inputs)
    {
        // A descriptor of this process can be a regular file.
        if (target is { Kind: FileKind.Stream, IsRegularFile: false }) return;
        foreach (CommandInput input in inputs)
        {
            string? same = input.FindFiles(output.Console).FirstOrDefault(file => target!.IsSameAs(FileTarget.Of(file)));
            if (same is null) continue;
            bool isNamed = input.Sources.Contains(same) || input.Sources is [Standard];
            throw new UsageException(
                $"'{Path}' is {(isNamed ? $"{input.Name} itself" : $"'{same}', a part of {input.Name},")} and would be overwritten: "
                + "name another file with --output.");
        }
    }
}

/// <summary>An output that is being written.</summary>
/// <param name="output">The streams of the call.</param>
/// <param name="file">The file; null for standard output.</param>
/// <param name="cancellationToken">Interrupts the call.</param>
internal sealed class OutputFile(CommandOutput output, AtomicFile? file, CancellationToken cancellationToken) : IDisposable
{
    private bool isCommitted;

    /// <summary>Takes the bytes.</summary>
    public Stream Stream { get; } = file ?? output.Result.BaseStream;

    /// <summary>The number of bytes written to a file so far.</summary>
    public long Length => file?.Length ?? 0;

    /// <summary>Writes a text as UTF-8.</summary>
    public void Write(string text) => Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Completes the output: an existing file is replaced.</summary>
    public void Commit()
    {
        Stream.Flush();
        file?.Commit();
        isCommitted = true;
    }

    /// <summary>Deletes what was written so far, unless it is complete, and says so if the call was interrupted.</summary>
    public void Dispose()
    {
        file?.Dispose();
        if (isCommitted || file is null or { IsStream: true }) return;
        if (!cancellationToken.IsCancellationRequested || output.Console.IsReaderGone) return;
        output.Console.Error.WriteLine($"Interrupted: '{file.Path}' {(File.Exists(file.Path) ? "is unchanged" : "was not written")}.");
    }
}
