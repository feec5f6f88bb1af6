using System.IO.Compression;

namespace Aphorist;

/// <summary>A format of model files of other programs.</summary>
public enum OtherModelFormat
{
    /// <summary>HDF5, as Keras writes it (<c>.h5</c>).</summary>
    Hdf5,

    /// <summary>A zip archive of Keras (<c>.keras</c>).</summary>
    Keras,

    /// <summary>A pickle, as <c>torch.save</c> of PyTorch writes it (<c>.pt</c>, <c>.pth</c>).</summary>
    TorchSave,

    /// <summary>Safetensors without the description that a model file of this library has, such as a state dict of PyTorch.</summary>
    Safetensors,

    /// <summary>ONNX.</summary>
    Onnx,
}

/// <summary>Recognizes files of other programs by their content.</summary>
internal static class OtherModelFormats
{
    private const int StartLength = 512;

    /// <summary>Returns the format of a file that is not safetensors; null if it is unknown.</summary>
    /// <param name="stream">The file, from its position on, which changes.</param>
    public static OtherModelFormat? Detect(Stream stream)
    {
        byte[] bytes = new byte[StartLength];
        ReadOnlySpan<byte> start = bytes.AsSpan(0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
        if (start is [0x89, (byte)'H', (byte)'D', (byte)'F', (byte)'\r', (byte)'\n', 0x1A, (byte)'\n', ..]) return OtherModelFormat.Hdf5;
        if (start.StartsWith("PK\u0003\u0004"u8)) return DetectArchive(stream);
        if (start is [0x80, >= 2 and <= 5, ..]) return OtherModelFormat.TorchSave;
        return IsOnnx(start) ? OtherModelFormat.Onnx : null;
    }

    /// <summary>Creates the exception for a file of another program.</summary>
    public static ModelFileException Refuse(string path, OtherModelFormat format) => new(path, format switch
    {
        OtherModelFormat.Hdf5 => "it is an HDF5 file, as Keras saves models, and not a model file of Aphorist; import it first",
        OtherModelFormat.Keras => "it is a model of Keras and not a model file of Aphorist; import it first",
        OtherModelFormat.TorchSave =>
            "it is a pickle, as torch.save writes it, and not a model file of Aphorist; in Python, save its state dict with "
            + "safetensors.torch.save_file, and import that",
        OtherModelFormat.Onnx =>
            "it is an ONNX model, which cannot be imported; import the model in the format of the program that trained it",
        _ =>
            "it is a safetensors file but not a model of Aphorist, which would have a tokenizer; "
            + "use a file that Aphorist saved, or import it",
    })
    {
        OtherFormat = format,
    };

    private static OtherModelFormat? DetectArchive(Stream stream)
    {
        try
        {
            using ZipArchive archive = new(stream, ZipArchiveMode.Read, leaveOpen: true);
            return archive.GetEntry("config.json") is not null ? OtherModelFormat.Keras
                : archive.Entries.Any(entry => entry.FullName.EndsWith("/data.pkl", StringComparison.Ordinal)) ? OtherModelFormat.TorchSave
                : null;
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>
    /// A message of protocol buffers that begins as ONNX models do: the format version (field 1), then texts about the producer (fields 2
    /// to 6), then the graph (7) or the operator sets (8), which are messages.
    /// </summary>
    private static bool IsOnnx(ReadOnlySpan<byte> start)
    {
        if (start is not [0x08, >= 1 and <= 0x7F, ..]) return false;
        int place = 2;
        while (place + 1 < start.Length)
        {
            int field = start[place] >> 3, type = start[place] & 7, length = start[place + 1];
            if (type == 2 && field is 7 or 8) return true;
            if (type == 0 && field == 5 && length < 0x80) place += 2;
            else if (type == 2 && field is >= 2 and <= 6 && length < 0x80) place += 2 + length;
            else return false;
        }

        return false;
    }
}
