using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Model files of normalized layers with residual connections.</summary>
public sealed class ConnectedModelFileTests : IDisposable
{
    private readonly StoredModel file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Save_ResidualNormalizedLayersOfEveryKind_LoadBitForBit()
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            LanguageModel model = SampleModel.Make(LayerKinds.Connect(kind with { HiddenSize = 5, Layers = 2 }));
            LanguageModel loaded = file.Reload(model);
            Assert.Equal(model.Spec, loaded.Spec);
            Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
            string[] expected = ["layer_norm.weight_l0", "layer_norm.bias_l0", "layer_norm.weight_l1", "layer_norm.bias_l1"];
            IEnumerable<string> names = ModelFileInfo.Read(file.Path).Tensors.Select(tensor => tensor.Name);
            Assert.Equal(expected, names.Where(name => name.StartsWith("layer_norm", StringComparison.Ordinal)));
        }
    }

    [Theory]
    [InlineData("\"lstm-residual\"", "\"lstm\"", null)]
    [InlineData("\"layers\":2,", "", "Residual needs 2 or more layers, but Layers is 1")]
    [InlineData("\"layers\":2,", "\"layers\":1,", "Residual needs 2 or more layers, but Layers is 1")]
    [InlineData("\"layerNormalization\":true,", "", "unexpected tensor 'layer_norm.weight_l0'")]
    public void Load_ChangedDescriptionOfResidualNormalizedLayers_SaysWhatIsWrong(string before, string after, string? problem)
    {
        file.SaveChanged(
            SampleModel.Make(new ModelSpec { HiddenSize = 5, Layers = 2, Residual = true, LayerNormalization = true }), before, after);
        if (problem is not null) Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
        else Assert.False(LanguageModel.Load(file.Path).Spec.Residual);
    }
}
