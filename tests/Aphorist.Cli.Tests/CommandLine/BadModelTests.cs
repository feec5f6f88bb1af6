using System.Buffers.Binary;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>Model files that cannot be used: each one sentence and exit code 1, for every command that reads one.</summary>
public sealed class BadModelTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Model_Missing_SaysSo() => Fails(folder["nowhere.safetensors"], "nowhere.safetensors");

    [Fact]
    public void Model_Truncated_SaysSo() => Fails(Changed(bytes => bytes[..(bytes.Length / 2)]), "model.safetensors");

    [Fact]
    public void Model_Foreign_SaysSo() =>
        Fails(folder.Write("foreign.safetensors", "just some text, and not even a short one"), "foreign.safetensors");

    [Fact]
    public void Model_Empty_SaysSo() => Fails(folder.Write("empty.safetensors", ""), "empty.safetensors");

    [Fact]
    public void Model_AbsurdHeaderLength_SaysSo() => Fails(
        Changed(bytes =>
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue / 2);
            return bytes;
        }),
        "model.safetensors");

    [Fact]
    public void Model_NotANumberAmongWeights_SaysSo() => Fails(
        Changed(bytes =>
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(bytes.Length - 4), float.NaN);
            return bytes;
        }),
        "model.safetensors");

    [Fact]
    public void Model_RunFolderWithoutOne_SaysSo()
    {
        Directory.CreateDirectory(folder["run"]);
        Fails(folder["run"], "run");
    }

    private string Changed(Func<byte[], byte[]> change) => folder.Write("model.safetensors", change(File.ReadAllBytes(trained.File)));

    private static void Fails(string model, params string[] parts)
    {
        AphoristApp.Run("generate", model).ExpectSentence(1, parts);
        AphoristApp.Run("info", model).ExpectSentence(1, parts);
    }
}
