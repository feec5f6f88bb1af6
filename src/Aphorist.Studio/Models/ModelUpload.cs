using Aphorist.Interop;
using Aphorist.Studio.Hosting;

namespace Aphorist.Studio.Models;

/// <summary>What is wrong with a vocabulary.</summary>
public enum VocabularyProblem
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It has another number of characters than the model.</summary>
    OtherSize,

    /// <summary>It has another number of characters than the model, which the text has in lower case.</summary>
    OtherSizeUnlessLowercase,

    /// <summary>The model does not predict the text with it.</summary>
    DoesNotFit,
}

/// <summary>A vocabulary for an imported model.</summary>
/// <param name="Vocabulary">The characters and their ids.</param>
/// <param name="Check">How well the model predicts the text with it; null if there is no text.</param>
/// <param name="Problem">What is wrong.</param>
public sealed record VocabularyChoice(ImportedVocabulary Vocabulary, ImportCheck? Check, VocabularyProblem Problem);

/// <summary>
/// A file that was dropped to be imported: a model of Aphorist, or one of Keras or PyTorch, which needs a vocabulary. Its content is
/// hostile until it was read.
/// </summary>
public sealed class ModelUpload : IDisposable
{
    /// <summary>The maximum size of a model file.</summary>
    public const long MaxBytes = 500_000_000;

    /// <summary>The maximum size of a text or a vocabulary.</summary>
    public const long MaxTextBytes = 50_000_000;

    private readonly FileStream file;

    private ModelUpload(FileStream file, string name) => (this.file, Name) = (file, name);

    /// <summary>The name of the file, for messages.</summary>
    public string Name { get; }

    /// <summary>Receives a file.</summary>
    /// <param name="workspace">The folder with a place for it.</param>
    /// <param name="content">The content.</param>
    /// <param name="name">The name that the browser gives.</param>
    /// <param name="progress">Receives the number of bytes so far.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">There is no place for it, or the connection was lost.</exception>
    public static async Task<ModelUpload> ReceiveAsync(
        Workspace workspace, Stream content, string name, Action<long> progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workspace);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(progress);
        ModelUpload upload = new(workspace.CreateTemporary(), Workspace.SafeName(name));
        try
        {
            byte[] buffer = new byte[1 << 18];
            for (int count; (count = await content.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                await upload.file.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                progress(upload.file.Length);
            }

            return upload;
        }
        catch
        {
            upload.Dispose();
            throw;
        }
    }

    /// <summary>Reads a model of Aphorist; null if the file is not one.</summary>
    /// <exception cref="ModelFileException">The file is damaged.</exception>
    public LanguageModel? ReadModel()
    {
        file.Position = 0;
        byte[] start = new byte[16];
        int length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (!SafetensorsReader.LooksLikeSafetensors(start.AsSpan(0, length))) return null;
        using (SafetensorsReader reader = SafetensorsReader.Open(file, Name))
            if (!reader.Metadata.ContainsKey(ModelFileInfo.MetadataKey)) return null;
        file.Position = 0;
        return LanguageModel.Load(file, Name);
    }

    /// <summary>Reads a model of Keras or PyTorch.</summary>
    /// <inheritdoc cref="ModelImport.Read(Stream, string, int, GateActivation?, Activation?)"/>
    public ImportedModel ReadForeign(int window, GateActivation? gates, Activation? activation)
    {
        file.Position = 0;
        return ModelImport.Read(file, Name, window, gates, activation);
    }

    /// <summary>
    /// Whether the file can be read once the activations are named: it holds the weights of Keras alone, which do not say them.
    /// </summary>
    public bool NeedsActivations(int window)
    {
        try
        {
            ReadForeign(window, GateActivation.Sigmoid, Activation.Tanh);
            return true;
        }
        catch (ModelFileException)
        {
            return false;
        }
    }

    /// <summary>Takes the characters of the text that a model was trained on as its vocabulary, in the usual order that fits.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The content of the text file.</param>
    /// <param name="name">The name of the file, for messages.</param>
    /// <param name="options">The encoding, and whether the text becomes lower case.</param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <exception cref="CorpusException">The text cannot be decoded, or is empty.</exception>
    public static VocabularyChoice OfText(
        ImportedModel model, byte[] text, string name, CorpusOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        Corpus corpus = Corpus.FromBytes(text, name, options);
        ImportedVocabulary vocabulary = ImportedVocabulary.Create(corpus);
        if (!vocabulary.Fits(model.VocabularySize))
        {
            bool fitsLowered = !options.Lowercase
                && ImportedVocabulary.Create(Corpus.FromBytes(text, name, options with { Lowercase = true })).Fits(model.VocabularySize);
            return new(vocabulary, null, fitsLowered ? VocabularyProblem.OtherSizeUnlessLowercase : VocabularyProblem.OtherSize);
        }

        ImportCheck check = model.Check(vocabulary, corpus, cancellationToken);
        if (check.BetterOrder is { } order)
        {
            vocabulary = ImportedVocabulary.Create(corpus, order);
            check = model.Check(vocabulary, corpus, cancellationToken);
        }

        return new(vocabulary, check, check.Fits ? VocabularyProblem.None : VocabularyProblem.DoesNotFit);
    }

    /// <summary>Reads a vocabulary: JSON, or a text file with each character once, in the order of the ids.</summary>
    /// <exception cref="ModelFileException">It is not a vocabulary.</exception>
    /// <exception cref="CorpusException">The file cannot be decoded.</exception>
    public static VocabularyChoice OfList(ImportedModel model, byte[] list, string name, CorpusOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        TextNormalization normalization = new(options.Lowercase);
        string text = Corpus.DecodeExactly(list, name, options.Encoding);
        bool isJson = Path.GetExtension(name).Equals(".json", StringComparison.OrdinalIgnoreCase);
        ImportedVocabulary vocabulary = isJson
            ? ImportedVocabulary.FromJson(text.TrimStart('\uFEFF'), normalization)
            : ImportedVocabulary.FromCharacters(text, normalization);
        return new(vocabulary, null, vocabulary.Fits(model.VocabularySize) ? VocabularyProblem.None : VocabularyProblem.OtherSize);
    }

    /// <summary>Deletes the temporary file.</summary>
    public void Dispose() => file.Dispose();
}
