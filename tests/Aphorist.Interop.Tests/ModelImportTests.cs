using Aphorist.Interop.Tests.Keras;
using Aphorist.Interop.Tests.PyTorch;
using Xunit;

namespace Aphorist.Interop.Tests;

/// <summary>What is in a file decides which program's it is, whatever it is called.</summary>
public sealed class ModelImportTests : IDisposable
{
    private readonly string path = Path.Combine(Directory.CreateTempSubdirectory("aphorist-test-").FullName, "model.any");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

    [Theory]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_FileOfKeras_IsAModelOfKeras(KerasDialect dialect)
    {
        File.WriteAllBytes(path, new KerasFile(new(new()), dialect).ToBytes());

        KerasModel model = Assert.IsType<KerasModel>(ModelImport.Read(path, window: 40));
        Assert.Equal((path, 7, 9), (model.Name, model.VocabularySize, model.Spec.Window));
    }

    [Fact]
    public void Read_WeightsAloneFromAStream_HaveTheGatesAndTheWindowThatAreSaid()
    {
        using MemoryStream stream = new(new KerasFile(new(new()), KerasDialect.Keras2).ToBareWeights());

        ModelSpec spec = ModelImport.Read(stream, window: 40, gates: GateActivation.HardSigmoid).Spec;

        Assert.Equal((40, GateActivation.HardSigmoid), (spec.Window, spec.Gates));
        Assert.True(stream.CanRead);
    }

    [Fact]
    public void Read_Safetensors_IsAModelOfPyTorch()
    {
        File.WriteAllBytes(path, new StateDictFile { Tensors = new PyTorchSample(new()).Tensors }.ToBytes());

        PyTorchModel model = Assert.IsType<PyTorchModel>(ModelImport.Read(path, window: 40));
        Assert.Equal((path, 7, 40), (model.Name, model.VocabularySize, model.Spec.Window));
        Assert.Equal(60, ModelImport.Read(path).Spec.Window);
    }

    [Fact]
    public void Read_PickleInAZip_IsRefusedAsOneOfPyTorch()
    {
        File.WriteAllBytes(path, KerasFile.Zip(("archive/data.pkl", [1, 2, 3])));

        Assert.Contains("it is a pickle from torch.save", Error(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK")]
    [InlineData("1234567{")]
    [InlineData("what is done out of love")]
    public void Read_NoneOfThese_SaysWhatCanBe(string text)
    {
        File.WriteAllText(path, text);

        Assert.Contains(
            "it is neither a model of Keras (.h5 or .keras) nor a state dict of PyTorch as safetensors", Error(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFileOrFolder_SaysSo()
    {
        Assert.Contains("there is no such file", Error(), StringComparison.Ordinal);
        Directory.CreateDirectory(path);
        Assert.Contains("it is a folder", Error(), StringComparison.Ordinal);
    }

    private string Error() => Assert.Throws<ModelFileException>(() => ModelImport.Read(path)).Message;
}
