using Aphorist.IO;
using Aphorist.Text;

namespace Aphorist.Training.Runs;

/// <summary>The texts of a run, and how a resumed run finds them again.</summary>
/// <param name="Corpus">The training corpus.</param>
/// <param name="Validation">The separate validation text; null if there is none.</param>
internal sealed record RunTexts(Corpus Corpus, Corpus? Validation)
{
    private const string StandardInput = "-";

    /// <summary>The sources that can be read only once, such as standard input.</summary>
    private IReadOnlyList<(string Word, ReadOnlyMemory<byte> Bytes)> Inputs { get; init; } = [];

    /// <summary>Opens the texts of a new run.</summary>
    public static Task<RunTexts> OpenAsync(
        TrainingRunOptions options, IProgress<CorpusProgress>? progress, CancellationToken cancellationToken) =>
        OpenAsync(
            options,
            options.CorpusOptions with { StandardInput = options.StandardInput },
            options.CorpusOptions with { StandardInput = options.StandardInput },
            progress,
            cancellationToken);

    /// <summary>Opens the texts of a run that is resumed.</summary>
    /// <param name="files">The folder of the run.</param>
    /// <param name="begun">The options with which it began.</param>
    /// <param name="options">The options to resume with. Where their texts are others, those were named by the caller.</param>
    /// <param name="progress">Receives the progress.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <exception cref="TrainingRunException">The texts were given in memory.</exception>
    public static async Task<RunTexts> OpenAgainAsync(
        RunFolder files,
        TrainingRunOptions begun,
        TrainingRunOptions options,
        IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken)
    {
        bool isSameCorpus = options.Corpus.SequenceEqual(begun.Corpus), isSameValidation = options.ValidationText == begun.ValidationText;
        if (isSameCorpus && begun.HasTextsInMemory && !CorpusCatalog.TryGet(begun.Corpus[0], out _))
        {
            throw new TrainingRunException(
                $"The run in '{files.Path}' was created with a corpus in memory, '{begun.Corpus[0]}'. Resume it with that corpus.",
                files.Path);
        }

        using FileStream? copy = File.Exists(files.InputCopy) ? OpenCopy(files.InputCopy) : null;
        RunTexts texts = await OpenAsync(options, With(isSameCorpus), With(isSameValidation), progress, cancellationToken)
            .ConfigureAwait(false);
        return copy is { Position: > 0 } ? texts with { Inputs = [] } : texts;

        CorpusOptions With(bool isSame) => options.CorpusOptions with
        {
            StandardInput = isSame && copy is not null ? copy : options.StandardInput,
        };
    }

    /// <summary>The options with paths that name the same texts from any folder.</summary>
    /// <param name="options">The options, whose texts have been opened.</param>
    /// <param name="begun">The options of the run that is resumed; null for a new one.</param>
    public TrainingRunOptions WithAbsoluteNames(TrainingRunOptions options, TrainingRunOptions? begun = null) => options with
    {
        Corpus = begun is not null && options.Corpus.SequenceEqual(begun.Corpus)
            ? begun.Corpus
            : [.. options.Corpus.Select(AbsoluteNameOf)],
        ValidationText = options.ValidationText is string text && text != begun?.ValidationText
            ? AbsoluteNameOf(text)
            : options.ValidationText,
        From = options.From is string model ? Path.GetFullPath(model) : null,
    };

    /// <summary>The options with the hashes of the texts.</summary>
    public TrainingRunOptions Describe(TrainingRunOptions options) =>
        options with { CorpusSha256 = Corpus.Sha256, ValidationSha256 = Validation?.Sha256 };

    /// <summary>A pipe has no lasting name. If it is the only one, the run keeps its content in place of standard input.</summary>
    private string AbsoluteNameOf(string word) =>
        Inputs is [var (read, _)] && read == word ? StandardInput : CorpusSource.Of(word).AbsoluteName;

    /// <summary>Keeps a copy of standard input, which cannot be read again, unless it is too large.</summary>
    /// <exception cref="IOException">The copy cannot be written.</exception>
    public void SaveInput(RunFolder files, TrainingRunOptions options)
    {
        if (Inputs is not [var (_, bytes)] || bytes.Length > options.MaxInputCopyBytes) return;
        using AtomicFile file = new(files.InputCopy);
        file.Write(bytes.Span);
        file.Commit();
    }

    private static async Task<RunTexts> OpenAsync(
        TrainingRunOptions options,
        CorpusOptions ofCorpus,
        CorpusOptions ofValidation,
        IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken)
    {
        List<(string Word, ReadOnlyMemory<byte> Bytes)> inputs = [];
        Corpus corpus = await Open(options.Corpus, ofCorpus).ConfigureAwait(false);
        Corpus? validation = options.ValidationText is string text ? await Open([text], ofValidation).ConfigureAwait(false) : null;
        return new RunTexts(corpus, validation) { Inputs = inputs };

        Task<Corpus> Open(IReadOnlyList<string> sources, CorpusOptions how) =>
            Corpus.OpenAsync(sources, how with { InputRead = (word, bytes) => inputs.Add((word, bytes)) }, progress, cancellationToken);
    }

    private static FileStream OpenCopy(string path)
    {
        try
        {
            return File.OpenRead(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusException.Unreadable(path, exception);
        }
    }
}
