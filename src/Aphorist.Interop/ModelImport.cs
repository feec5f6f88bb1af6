using Aphorist.Interop.Hdf5;
using Aphorist.Interop.Keras;
using Aphorist.Interop.PyTorch;

namespace Aphorist.Interop;

/// <summary>Reads models of other programs, whichever it was: what is in the file decides, not what it is called.</summary>
public static class ModelImport
{
    /// <summary>Reads a model of Keras (HDF5 or <c>.keras</c>) or of PyTorch (safetensors).</summary>
    /// <param name="path">The file.</param>
    /// <param name="window">Tokens that the model is meant to look back on, where its file does not say it: in PyTorch, and of weights alone in Keras. 60 by default.</param>
    /// <param name="gates">The activation of the gates, which weights alone of Keras do not say; other files do.</param>
    /// <exception cref="ModelFileException">The file is missing, damaged, of none of these formats, or has a model that cannot be imported; the message says what is wrong.</exception>
    public static ImportedModel Read(string path, int window = ImportedModel.UsualWindow, GateActivation? gates = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return SourceFile.Read(path, stream => Read(stream, path, window, gates));
    }

    /// <summary>Reads a model from a stream, which stays open.</summary>
    /// <param name="stream">The whole file. A stream that cannot seek is read into memory first.</param>
    /// <param name="name">The name of the file in error messages. "stream" by default.</param>
    /// <param name="window">As for <see cref="Read(string, int, GateActivation?)"/>.</param>
    /// <param name="gates">As for <see cref="Read(string, int, GateActivation?)"/>.</param>
    /// <exception cref="ModelFileException">As for <see cref="Read(string, int, GateActivation?)"/>.</exception>
    public static ImportedModel Read(Stream stream, string name = "stream", int window = ImportedModel.UsualWindow, GateActivation? gates = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return SourceFile.Read<ImportedModel>(stream, source =>
        {
            byte[] start = SourceFile.Start(source);
            if (TorchSave.IsOne(start, source) || SafetensorsReader.LooksLikeSafetensors(start)) return PyTorchModel.Read(source, name, window);
            if (gates is { } known && KerasModel.IsWeightsAlone(source, name)) return KerasModel.ReadWeights(source, known, window, name);
            if (Hdf5File.IsOne(start) || KerasArchive.IsOne(start)) return KerasModel.Read(source, name);
            throw new ModelFileException(name, "it is neither a model of Keras (.h5 or .keras) nor a state dict of PyTorch as safetensors; save it in one of these formats");
        });
    }
}
