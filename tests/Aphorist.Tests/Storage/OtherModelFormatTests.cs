using System.IO.Compression;
using System.Text;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Files of other programs are recognized by their content.</summary>
public sealed class OtherModelFormatTests
{
    [Fact]
    public void Load_Hdf5_SaysSo() =>
        AssertIs(OtherModelFormat.Hdf5, "an HDF5 file, as Keras saves models", [0x89, .. "HDF\r\n\x1A\n"u8, .. new byte[100]]);

    [Fact]
    public void Load_KerasArchive_SaysSo() =>
        AssertIs(OtherModelFormat.Keras, "a model of Keras", Zip("metadata.json", "config.json", "model.weights.h5"));

    [Fact]
    public void Load_TorchArchive_SaysSo() =>
        AssertIs(OtherModelFormat.TorchSave, "as torch.save writes it", Zip("model/data.pkl", "model/version"));

    [Fact]
    public void Load_OldPickle_SaysSo() =>
        AssertIs(OtherModelFormat.TorchSave, "as torch.save writes it", [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20]);

    [Fact]
    public void Load_Onnx_SaysSo() => AssertIs(
        OtherModelFormat.Onnx, "an ONNX model", [0x08, 8, 0x12, 7, .. "pytorch"u8, 0x1A, 5, .. "2.1.0"u8, 0x3A, 0x90, 0x10, 0x0A, 3]);

    [Fact]
    public void Load_StateDict_SaysSo()
    {
        byte[] header = Encoding.UTF8.GetBytes("""{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""");

        AssertIs(
            OtherModelFormat.Safetensors, "a safetensors file but not a model of Aphorist",
            [.. BitConverter.GetBytes((long)header.Length), .. header, 0, 0, 0, 0]);
    }

    [Theory]
    [InlineData("just a text that is long enough for a header")]
    [InlineData("PK\u0003\u0004 a text that only begins like an archive")]
    [InlineData("\u0008\u0001 a text that begins like a message of protocol buffers")]
    public void Load_AnythingElse_IsOfNoKnownFormat(string content) =>
        Assert.Null(Assert.Throws<ModelFileException>(() => LanguageModel.Load(Encoding.UTF8.GetBytes(content))).OtherFormat);

    [Fact]
    public void Load_OtherZip_IsOfNoKnownFormat() =>
        Assert.Null(Assert.Throws<ModelFileException>(() => LanguageModel.Load(Zip("readme.txt"))).OtherFormat);

    private static void AssertIs(OtherModelFormat expected, string message, byte[] content)
    {
        ModelFileException loading = Assert.Throws<ModelFileException>(() => LanguageModel.Load(content));
        ModelFileException reading = Assert.Throws<ModelFileException>(() => ModelFileInfo.Read(new MemoryStream(content)));

        Assert.Equal((expected, expected), (loading.OtherFormat, reading.OtherFormat));
        Assert.Contains(message, loading.Message, StringComparison.Ordinal);
    }

    private static byte[] Zip(params string[] names)
    {
        using MemoryStream stream = new();
        using (ZipArchive archive = new(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (string name in names) archive.CreateEntry(name);
        return stream.ToArray();
    }
}
