using Aphorist.Model;
using Aphorist.Model.Layers;
using Aphorist.Numerics;
using Aphorist.Storage;

namespace Aphorist;

/// <summary>A language model: its shape, its tokenizer and its parameters.</summary>
/// <remarks>A model may be read by several threads at the same time while no thread changes its parameters.</remarks>
public sealed partial class LanguageModel
{
    private LanguageModel(ModelSpec spec, Tokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(tokenizer);
        spec.Validate();
        Spec = spec;
        Tokenizer = tokenizer;
        Layout = new ModelLayout(spec, tokenizer.VocabularySize);
        Parameters = new Parameters(Layout);
    }

    /// <summary>The shape.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The tokenizer, which converts text to tokens and back.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>The parameters.</summary>
    public Parameters Parameters { get; }

    /// <summary>The training record; null if the model was not trained.</summary>
    public TrainingRecord? Training { get; set; }

    /// <summary>The program that the model was imported from; null if Aphorist created it. Further training keeps it.</summary>
    public ModelOrigin? Origin { get; set; }

    /// <summary>The imported optimizer state of another program; null if there is none. Training sets it to null when it starts.</summary>
    public OptimizerState? OptimizerState { get; set; }

    /// <summary>
    /// The mode that the model was trained for, in which it predicts best; the default of <see cref="TextGenerator"/>. Window for a model
    /// that was trained on windows, else stateful, the default. Model files keep it, and training sets it.
    /// </summary>
    public GenerationMode TrainedMode { get; set; }

    /// <summary>The position of each tensor.</summary>
    internal ModelLayout Layout { get; }

    /// <summary>
    /// Creates a model with random parameters. As in Keras, kernels are Glorot uniform, recurrent kernels are orthogonal, the forget biases
    /// of an LSTM are 1, the gains of layer normalization are 1 and other biases are 0. As in PyTorch, an embedding is standard normal; an
    /// embedding that is tied to the decoder is initialized like the decoder.
    /// </summary>
    /// <param name="spec">The shape. Use an embedding with a large vocabulary, such as one of words.</param>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="seed">The seed of the random values. 0 by default.</param>
    /// <exception cref="InvalidOptionsException">The shape is not valid, or has more than about a billion parameters.</exception>
    public static LanguageModel Create(ModelSpec spec, Tokenizer tokenizer, ulong seed = 0)
    {
        LanguageModel model = new(spec, tokenizer);
        (Parameters parameters, ModelLayout layout) = (model.Parameters, model.Layout);
        if (layout.Embedding is { } embedding && !spec.TiedEmbedding)
            Initializer.Normal(parameters.GetValues(embedding), new(seed, RandomPurpose.Embedding));
        for (int layer = 0; layer < spec.Layers; layer++) spec.Kind.Initialize(parameters, layout.Layers[layer], layer, seed);
        foreach (NormalizationTensors normalization in layout.Normalizations) parameters.GetValues(normalization.Gain).Fill(1f);
        Initializer.GlorotUniform(
            parameters.GetValues(layout.DecoderKernel), spec.HiddenSize, tokenizer.VocabularySize, new(seed, RandomPurpose.DecoderKernel));
        return model;
    }

    /// <summary>Creates a model whose parameters are all 0. The caller sets them, for example in an importer.</summary>
    /// <inheritdoc cref="Create"/>
    public static LanguageModel CreateEmpty(ModelSpec spec, Tokenizer tokenizer) => new(spec, tokenizer);

    /// <summary>
    /// Loads a model file and checks all of it: the structure of the file, the names and shapes of the tensors, the vocabulary, and that
    /// every parameter is finite.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, or not an Aphorist model.</exception>
    public static LanguageModel Load(string path)
    {
        using SafetensorsReader reader = SafetensorsReader.Open(path);
        return Load(reader);
    }

    /// <summary>Loads a model file from a stream, for example an embedded resource or a download.</summary>
    /// <param name="stream">
    /// The stream, from its position to its end. It stays open. If it cannot seek, it is read into memory first and is limited to 2 GiB.
    /// </param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <exception cref="ModelFileException">The file is damaged or not an Aphorist model.</exception>
    public static LanguageModel Load(Stream stream, string name = "stream")
    {
        using SafetensorsReader reader = SafetensorsReader.Open(stream, name);
        return Load(reader);
    }

    /// <summary>Loads a model file from memory.</summary>
    /// <param name="bytes">The content of the file, which is copied into the model.</param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <exception cref="ModelFileException">The file is damaged or not an Aphorist model.</exception>
    public static LanguageModel Load(ReadOnlyMemory<byte> bytes, string name = "memory")
    {
        using SafetensorsReader reader = SafetensorsReader.Open(bytes, name);
        return Load(reader);
    }

    /// <summary>
    /// Saves the model as one safetensors file that includes the tokenizer. The file is written to a temporary file and renamed into place,
    /// so a failure leaves the previous file unchanged.
    /// </summary>
    /// <param name="path">The path of the file, usually with the extension .safetensors. Its folder must exist.</param>
    /// <exception cref="IOException">The file could not be written.</exception>
    /// <exception cref="NotSupportedException">The vocabulary is too large for a model file.</exception>
    public void Save(string path)
    {
        string description = DescriptionForFile();
        using SafetensorsWriter writer = new(path);
        Save(writer, description);
    }

    /// <summary>Saves the model to a stream, which stays open.</summary>
    /// <param name="stream">The stream. It need not be able to seek.</param>
    /// <exception cref="IOException">The stream could not be written to.</exception>
    /// <exception cref="NotSupportedException">The vocabulary is too large for a model file.</exception>
    public void Save(Stream stream)
    {
        string description = DescriptionForFile();
        using SafetensorsWriter writer = new(stream);
        Save(writer, description);
    }

    private static LanguageModel Load(SafetensorsReader reader)
    {
        ModelFileInfo info = ModelFileInfo.From(reader);
        LanguageModel model = new(info.Spec, info.Tokenizer)
        {
            Training = info.Training,
            Origin = info.Origin,
            TrainedMode = info.TrainedMode,
        };
        if (info.Optimizer is { } optimizer) model.OptimizerState = new(model.Layout, optimizer.Steps, optimizer.Moments);
        foreach ((StoredTensor tensor, Parameters values) in StoredTensor.Of(model)) tensor.Read(reader, values);
        return model;
    }

    private void Save(SafetensorsWriter writer, string description)
    {
        (StoredTensor Tensor, Parameters Values)[] tensors = [.. StoredTensor.Of(this)];
        // The value that PyTorch tools expect.
        writer.SetMetadata("format", "pt");
        writer.SetMetadata(ModelFileInfo.MetadataKey, description);
        foreach ((StoredTensor tensor, _) in tensors) writer.Declare(tensor.Name, tensor.Shape);
        foreach ((StoredTensor tensor, Parameters values) in tensors) tensor.Write(writer, values);
        writer.Commit();
    }

    private string DescriptionForFile()
    {
        string description = ModelMetadata.Of(this, withOptimizer: true).ToJson();
        return description.Length <= ModelFileInfo.MaxDescriptionLength ? description : throw new NotSupportedException(
            $"The vocabulary is too large for a model file: the description of the model has {description.Length} characters, "
            + $"but {ModelFileInfo.MaxDescriptionLength} is the maximum.");
    }
}
