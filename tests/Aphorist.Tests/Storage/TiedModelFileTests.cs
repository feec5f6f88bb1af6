using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Model files of models with tied weights.</summary>
public sealed class TiedModelFileTests : IDisposable
{
    private readonly StoredModel file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Save_TiedEmbedding_HasNoDecoderWeightAndLoadsBitForBit()
    {
        LanguageModel model = SampleModel.Make(new ModelSpec { HiddenSize = 5, EmbeddingSize = 5, TiedEmbedding = true });
        LanguageModel loaded = file.Reload(model);
        Assert.Equal(model.Spec, loaded.Spec);
        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        string[] expected =
            ["embedding.weight", "lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "lstm.bias_hh_l0", "decoder.bias"];
        Assert.Equal(expected, ModelFileInfo.Read(file.Path).Tensors.Select(tensor => tensor.Name));
    }

    [Theory]
    [InlineData(
        "\"embeddingSize\":5",
        "\"embeddingSize\":4",
        "TiedEmbedding requires EmbeddingSize to equal HiddenSize, but they are 4 and 5")]
    [InlineData("\"embeddingSize\":5,", "", "TiedEmbedding requires EmbeddingSize to equal HiddenSize, but they are 0 and 5")]
    [InlineData("\"tiedEmbedding\":true,", "", "'decoder.weight' of shape [3, 5] is missing")]
    public void Load_ChangedDescriptionOfATiedModel_SaysWhatIsWrong(string before, string after, string problem)
    {
        file.SaveChanged(SampleModel.Make(new ModelSpec { HiddenSize = 5, EmbeddingSize = 5, TiedEmbedding = true }), before, after);
        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }
}
