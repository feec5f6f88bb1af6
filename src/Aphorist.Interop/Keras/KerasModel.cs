using Aphorist.Interop.Hdf5;
using Aphorist.Interop.Keras;

namespace Aphorist.Interop;

/// <summary>
/// A language model that Keras trained: an HDF5 file of Keras 1, 2 or 3 or of tf.keras, or a <c>.keras</c> file of Keras 3.
/// </summary>
/// <remarks>
/// The model can have one-hot vectors or an Embedding, up to four LSTM, GRU or SimpleRNN layers of the same size, and a Dense layer with a
/// softmax; see docs/import.md. The file does not contain the vocabulary: pass it to
/// <see cref="ImportedModel.ToLanguageModel(ImportedVocabulary)"/>.
/// </remarks>
public sealed class KerasModel : ImportedModel
{
    private readonly KerasParameters parameters;
    private readonly KerasMoments? moments;

    private KerasModel(string name, KerasConfiguration configuration, KerasNetwork network, KerasWeights weights)
        : base(name)
    {
        (KerasVersion, Optimizer) = (configuration.Version, configuration.Optimizer);
        (Spec, VocabularySize) = (network.Spec, (int)network.VocabularySize);
        TrainedMode = network.IsStateful ? GenerationMode.Stateful : GenerationMode.Window;
        parameters = KerasParameters.Read(network, weights);
        moments = KerasMoments.Read(network, configuration, weights);
    }

    /// <summary>The version of Keras that wrote the file, for example 2.4.0; null if unknown.</summary>
    public string? KerasVersion { get; }

    /// <summary>The shape of the model. The window is the input length, or 60 if the file does not specify it.</summary>
    public override ModelSpec Spec { get; }

    /// <inheritdoc/>
    public override int VocabularySize { get; }

    /// <summary>
    /// Window for a whole model that is not stateful. Stateful for weights without a model, which do not tell, and are often those of a
    /// stateful model.
    /// </summary>
    public override GenerationMode TrainedMode { get; }

    /// <summary>
    /// The optimizer that the model was trained with; null if unknown. Its state is imported
    /// (<see cref="LanguageModel.OptimizerState"/>) if this library has the same optimizer with the same constants: RMSprop, Adam, AdamW,
    /// or SGD with Nesterov momentum 0.9.
    /// </summary>
    public KerasOptimizer? Optimizer { get; }

    /// <summary>
    /// Reads a model with all its weights. Everything is checked: layers, shapes, types, and that every weight is finite.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ModelFileException">
    /// The file is missing, damaged, not a Keras model, or one that cannot be imported; the message names the layer.
    /// </exception>
    public static KerasModel Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, stream => Read(stream, path));
    }

    /// <summary>Reads a model from a stream, which stays open.</summary>
    /// <param name="stream">The whole file. A stream that cannot seek is read into memory first.</param>
    /// <param name="name">The name of the file in error messages. "stream" by default.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string)"/>.</exception>
    public static KerasModel Read(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return SourceFile.Read(stream, source =>
        {
            byte[] start = SourceFile.Start(source);
            if (Hdf5File.IsOne(start)) return ReadHdf5(source, name);
            return KerasArchive.IsOne(start)
                ? ReadArchive(source, name)
                : throw new ModelFileException(
                    name,
                    "it is neither an HDF5 file (.h5) nor a .keras file; in Keras, write one with model.save('model.h5') or "
                    + "model.save('model.keras')");
        });
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="name">The name of the file in error messages. "memory" by default.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string)"/>.</exception>
    public static KerasModel Read(ReadOnlyMemory<byte> bytes, string name = "memory") =>
        SourceFile.Read(bytes, stream => Read(stream, name));

    /// <summary>
    /// Reads a weights-only file of LSTM or GRU layers, as <c>model.save_weights</c> writes it. The shapes of the weights determine the
    /// layers; pass the gate activation and the window.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="gates">
    /// The <c>recurrent_activation</c> of the layers. The default of Keras is sigmoid since 2.3, hard sigmoid before.
    /// </param>
    /// <param name="window">The input length. 60 by default.</param>
    /// <exception cref="ModelFileException">
    /// As for <see cref="Read(string)"/>, or the file contains a whole model, with its own gates and window.
    /// </exception>
    public static KerasModel ReadWeights(string path, GateActivation gates, int window = UsualWindow)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, stream => ReadWeights(stream, gates, window, path));
    }

    /// <summary>Reads a weights-only file from a stream, which stays open.</summary>
    /// <param name="stream">The whole file. A stream that cannot seek is read into memory first.</param>
    /// <param name="gates">The <c>recurrent_activation</c> of the layers.</param>
    /// <param name="window">The input length. 60 by default.</param>
    /// <param name="name">The name of the file in error messages. "stream" by default.</param>
    /// <exception cref="ModelFileException">As for <see cref="ReadWeights(string, GateActivation, int)"/>.</exception>
    public static KerasModel ReadWeights(Stream stream, GateActivation gates, int window = UsualWindow, string name = "stream") =>
        ReadWeights(stream, new KerasChoices(gates, null, window), name);

    /// <summary>Reads a weights-only file from memory.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="gates">As for <see cref="ReadWeights(string, GateActivation, int)"/>.</param>
    /// <param name="window">As for <see cref="ReadWeights(string, GateActivation, int)"/>.</param>
    /// <param name="name">The name of the file in error messages. "memory" by default.</param>
    /// <exception cref="ModelFileException">As for <see cref="ReadWeights(string, GateActivation, int)"/>.</exception>
    public static KerasModel ReadWeights(
        ReadOnlyMemory<byte> bytes, GateActivation gates, int window = UsualWindow, string name = "memory") =>
        SourceFile.Read(bytes, stream => ReadWeights(stream, gates, window, name));

    /// <summary>Reads a weights-only file of SimpleRNN layers, as <c>model.save_weights</c> writes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="activation">The <c>activation</c> of the layers. The default of Keras is tanh.</param>
    /// <param name="window">The input length. 60 by default.</param>
    /// <exception cref="ModelFileException">
    /// As for <see cref="Read(string)"/>, or the file contains a whole model, with its own activation and window.
    /// </exception>
    public static KerasModel ReadWeights(string path, Activation activation, int window = UsualWindow)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, stream => ReadWeights(stream, activation, window, path));
    }

    /// <summary>Reads a weights-only file of SimpleRNN layers from a stream, which stays open.</summary>
    /// <param name="stream">The whole file. A stream that cannot seek is read into memory first.</param>
    /// <param name="activation">The <c>activation</c> of the layers.</param>
    /// <param name="window">The input length. 60 by default.</param>
    /// <param name="name">The name of the file in error messages. "stream" by default.</param>
    /// <exception cref="ModelFileException">As for <see cref="ReadWeights(string, Activation, int)"/>.</exception>
    public static KerasModel ReadWeights(Stream stream, Activation activation, int window = UsualWindow, string name = "stream") =>
        ReadWeights(stream, new KerasChoices(null, activation, window), name);

    /// <summary>Reads a weights-only file of SimpleRNN layers from memory.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="activation">As for <see cref="ReadWeights(string, Activation, int)"/>.</param>
    /// <param name="window">As for <see cref="ReadWeights(string, Activation, int)"/>.</param>
    /// <param name="name">The name of the file in error messages. "memory" by default.</param>
    /// <exception cref="ModelFileException">As for <see cref="ReadWeights(string, Activation, int)"/>.</exception>
    public static KerasModel ReadWeights(
        ReadOnlyMemory<byte> bytes, Activation activation, int window = UsualWindow, string name = "memory") =>
        SourceFile.Read(bytes, stream => ReadWeights(stream, activation, window, name));

    /// <summary>Reads a weights-only file.</summary>
    internal static KerasModel ReadWeights(Stream stream, KerasChoices choices, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return SourceFile.Read(stream, source =>
        {
            Hdf5File file = new(name, source);
            if (file.Text("/", "model_config") is not null)
            {
                throw new ModelFileException(
                    name, "it contains the whole model, including activations and window; import it without giving them");
            }

            return KerasBareWeights.IsOne(file)
                ? ReadWeights(file, choices)
                : throw new ModelFileException(name, "it contains no layers of Keras");
        });
    }

    /// <summary>Whether a file contains only weights.</summary>
    internal static bool IsWeightsAlone(Stream stream, string name)
    {
        if (!Hdf5File.IsOne(SourceFile.Start(stream))) return false;
        Hdf5File file = new(name, stream);
        return file.Text("/", "model_config") is null && KerasBareWeights.IsOne(file);
    }

    private protected override void Fill(LanguageModel model, ReadOnlySpan<int> places)
    {
        parameters.Place(model.Parameters, places);
        model.Origin = new()
        {
            Program = "Keras",
            Version = KerasVersion,
            File = Path.GetFileName(Name),
            Optimizer = Optimizer?.Name,
            LearningRate = Optimizer?.LearningRate,
            WeightDecay = Optimizer?.WeightDecay,
        };
        if (moments is null) return;
        model.OptimizerState = new(model, moments.Steps, moments.Names);
        for (int moment = 0; moment < moments.Names.Count; moment++)
            moments.Values[moment].Place(model.OptimizerState.GetValues(moment), places);
    }

    private static KerasModel ReadWeights(Hdf5File file, KerasChoices choices)
    {
        (KerasConfiguration configuration, KerasWeights weights) = KerasBareWeights.Read(file, choices);
        return Read(file.Path, configuration, weights);
    }

    private static KerasModel ReadHdf5(Stream stream, string name)
    {
        Hdf5File file = new(name, stream);
        if (file.Text("/", "model_config") is not { } model)
        {
            // Without the activation of its layers, this says what is missing.
            return KerasBareWeights.IsOne(file)
                ? ReadWeights(file, new KerasChoices(null, null, UsualWindow))
                : throw new ModelFileException(name, "it is an HDF5 file without model_config, so it is not a Keras model");
        }

        string root = file.Has("model_weights") ? "model_weights" : "";
        string? version = file.Text("/", "keras_version") ?? file.Text(root, "keras_version"), training = file.Text("/", "training_config");
        KerasConfiguration configuration = KerasConfiguration.Read(
            name,
            version,
            KerasJson.Parse(name, "model_config", model),
            training is null ? null : KerasJson.Parse(name, "training_config", training));
        return Read(name, configuration, new NamedWeights(file, root, configuration.SortsWeights));
    }

    private static KerasModel ReadArchive(Stream stream, string name)
    {
        using KerasArchive archive = new(name, stream);
        KerasConfiguration configuration = archive.ReadConfiguration();
        using MemoryStream weights = archive.OpenWeights();
        Hdf5File file = new(name, weights);
        return Read(name, configuration, new NumberedWeights(file, configuration.Layers));
    }

    private static KerasModel Read(string name, KerasConfiguration configuration, KerasWeights weights)
    {
        return new(name, configuration, KerasNetwork.Of(configuration), weights);
    }
}
