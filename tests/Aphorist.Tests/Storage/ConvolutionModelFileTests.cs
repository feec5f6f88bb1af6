using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Model files of convolutions.</summary>
public sealed class ConvolutionModelFileTests : IDisposable
{
    private readonly StoredModel file = new();

    private static ModelSpec Convolutions { get; } =
        new() { Architecture = Architecture.Convolution, HiddenSize = 5, Layers = 2, KernelSize = 4 };

    public void Dispose() => file.Dispose();

    [Fact]
    public void Save_Convolutions_HavePyTorchsShapesAndOrder()
    {
        LanguageModel model = SampleModel.Make(Convolutions);
        model.Save(file.Path);
        using SafetensorsReader reader = SafetensorsReader.Open(file.Path);
        string[] expected =
        [
            "convolution.0.weight [10, 3, 4]", "convolution.0.bias [10]", "convolution.1.weight [10, 5, 4]", "convolution.1.bias [10]",
            "decoder.weight [3, 5]", "decoder.bias [3]",
        ];
        Assert.Equal(expected, reader.Tensors.Select(tensor => $"{tensor.Name} {tensor.ShapeText}"));
        float[] kernel = new float[10 * 5 * 4];
        reader.Read("convolution.1.weight", kernel);
        ReadOnlySpan<float> memory = model.Parameters.GetValues(model.Layout.Layers[1].InputKernel);
        for (int row = 0; row < 10; row++)
            for (int input = 0; input < 5; input++)
                for (int place = 0; place < 4; place++)
                    Assert.Equal(memory[(input * 4 + place) * 10 + row], kernel[(row * 5 + input) * 4 + place]);
    }

    [Theory]
    [InlineData("\"kernelSize\":4,", "", "its layers are convolutions but it has no kernel size")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":1", "KernelSize is 1")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":-4", "KernelSize is -4")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":65", "KernelSize 65 the convolutions see 4225 tokens")]
    [InlineData("\"kernelSize\":4", "\"kernelSize\":5", "'convolution.0.weight' has shape [10, 3, 4] where [10, 3, 5] is expected")]
    [InlineData("\"layers\":2", "\"layers\":13", "Layers is 13; it must be 1 to 12")]
    [InlineData(
        "\"kind\":\"convolution\"",
        "\"kind\":\"convolution-residual\"",
        "its architecture is 'convolution-residual' and this program knows")]
    [InlineData("\"kind\":\"convolution\"", "\"kind\":\"lstm\"", "'lstm.weight_ih_l0' of shape [20, 3] is missing")]
    public void Load_ChangedDescriptionOfConvolutions_SaysWhatIsWrong(string before, string after, string problem)
    {
        file.SaveChanged(SampleModel.Make(Convolutions), before, after);
        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ConvolutionWithAValueThatIsNotFinite_NamesAllIndices()
    {
        LanguageModel model = SampleModel.Make(Convolutions);
        model.Parameters.GetValues(model.Layout.Layers[1].InputKernel)[(2 * 4 + 3) * 10 + 7] = float.NaN;
        model.Save(file.Path);
        Assert.Contains("'convolution.1.weight' has the value NaN at [7, 2, 3]", file.LoadError(), StringComparison.Ordinal);
    }
}
