using Aphorist.Interop.Hdf5;
using Aphorist.Interop.Keras;
using Aphorist.Interop.PyTorch;

namespace Aphorist.Interop;

/// <summary>Reads models of other programs. The content of the file determines the format, not its name.</summary>
public static class ModelImport
{
    /// <summary>Reads a model of Keras (HDF5 or <c>.keras</c>) or of PyTorch (safetensors).</summary>
    /// <param name="path">The file.</param>
    /// <param name="window">
    /// The window of the model, for files that do not contain it: those of PyTorch, and weights-only files of Keras. 60 by default.
    /// </param>
    /// <param name="gates">
    /// The activation of the gates of an LSTM or a GRU, required for weights-only files of Keras; other files contain it.
    /// </param>
    /// <param name="activation">
    /// The activation of an RNN, for files that do not contain it: required for weights-only files of Keras, and tanh by default for
    /// PyTorch.
    /// </param>
    /// <exception cref="ModelFileException">
    /// The file is missing, damaged, not in one of these formats, or its model cannot be imported.
    /// </exception>
    public static ImportedModel Read(
        string path, int window = ImportedModel.UsualWindow, GateActivation? gates = null, Activation? activation = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, stream => Read(stream, path, window, gates, activation));
    }

    /// <summary>Reads a model from a stream, which stays open.</summary>
    /// <param name="stream">The whole file. A stream that cannot seek is read into memory first.</param>
    /// <param name="name">The name of the file in error messages. "stream" by default.</param>
    /// <param name="window">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</param>
    /// <param name="gates">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</param>
    /// <param name="activation">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</exception>
    public static ImportedModel Read(
        Stream stream, string name = "stream", int window = ImportedModel.UsualWindow, GateActivation? gates = null,
        Activation? activation = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return SourceFile.Read<ImportedModel>(stream, source =>
        {
            byte[] start = SourceFile.Start(source);
            if (TorchSave.IsOne(start, source) || SafetensorsReader.LooksLikeSafetensors(start))
                return PyTorchModel.Read(source, name, window, activation ?? Activation.Tanh);
            if (KerasModel.IsWeightsAlone(source, name))
                return KerasModel.ReadWeights(source, new KerasChoices(gates, activation, window), name);
            if (Hdf5File.IsOne(start) || KerasArchive.IsOne(start)) return KerasModel.Read(source, name);
            throw new ModelFileException(
                name,
                "it is neither a model of Keras (.h5 or .keras) nor a state dict of PyTorch as safetensors; save it in one of "
                + "these formats. Others, such as ONNX, cannot be imported");
        });
    }

    /// <summary>Reads a model from memory.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="name">The name of the file in error messages. "memory" by default.</param>
    /// <param name="window">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</param>
    /// <param name="gates">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</param>
    /// <param name="activation">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string, int, GateActivation?, Activation?)"/>.</exception>
    public static ImportedModel Read(
        ReadOnlyMemory<byte> bytes, string name = "memory", int window = ImportedModel.UsualWindow, GateActivation? gates = null,
        Activation? activation = null) =>
        SourceFile.Read(bytes, stream => Read(stream, name, window, gates, activation));
}
