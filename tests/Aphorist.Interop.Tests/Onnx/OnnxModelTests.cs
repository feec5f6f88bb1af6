using Aphorist.Interop.Onnx;
using Xunit;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>Files and their failures.</summary>
public sealed class OnnxModelTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aphorist-test-").FullName;

    private readonly OnnxCase example = OnnxCase.Of("LSTM");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Write_File_IsWhatAStreamGetsAndAlone()
    {
        string path = Path.Combine(folder, "model.onnx");
        File.WriteAllText(path, "what was there before");
        OnnxModel.Write(example.Model, path, OnnxGraphKind.Step);
        Assert.Equal(example.Bytes(OnnxGraphKind.Step), File.ReadAllBytes(path));
        Assert.Equal([path], Directory.EnumerateFiles(folder));
    }

    [Fact]
    public void Write_FolderThatDoesNotExist_SaysWhere()
    {
        string path = Path.Combine(folder, "nowhere", "model.onnx");
        Assert.Contains(path, Assert.Throws<IOException>(() => OnnxModel.Write(example.Model, path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void EnsureFits_AByteTooMany_IsRefusedBeforeAnythingIsMade()
    {
        // Five bytes of the length and one of the field's number come to the values.
        ProtobufMessage longest = new ProtobufMessage().Add(1, int.MaxValue - 6L, _ => Assert.Fail("The values were made."));
        OnnxModel.EnsureFits(longest);
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => OnnxModel.EnsureFits(longest.Add(2, 0)));
        Assert.Contains("2,147,483,649 bytes", refusal.Message, StringComparison.Ordinal);
    }
}
