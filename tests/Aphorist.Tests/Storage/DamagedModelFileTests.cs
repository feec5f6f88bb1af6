using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>
/// Model files with something wrong in them: the error says what. <see cref="ModelFileFuzzTests"/> damages them at random.
/// </summary>
public sealed class DamagedModelFileTests : IDisposable
{
    private readonly StoredModel file = new();

    public void Dispose() => file.Dispose();

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void Load_ValueThatIsNotFinite_NamesTensorAndPlace(float value, string name)
    {
        LanguageModel model = SampleModel.Make(hiddenSize: 5);
        model.Parameters.GetValues(model.Parameters.Tensors[1])[3 * 20 + 18] = value;
        model.Save(file.Path);
        Assert.Contains($"'lstm.weight_hh_l0' has the value {name} at [18, 3]", file.LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ForeignSafetensors_SaysSo()
    {
        file.Save(SampleModel.Make(), _ => null);
        Assert.Contains("not a model of Aphorist", file.LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":2", "format version is 2")]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":0", "format version is 0")]
    [InlineData("\"formatVersion\":1", "\"formatVersion\":1.5", "damaged at $.formatVersion")]
    [InlineData("\"kind\":\"lstm\"", "\"kind\":\"transformer\"", "architecture is 'transformer'")]
    [InlineData("\"kind\":\"characters\"", "\"kind\":\"syllables\"", "tokenizer is 'syllables' and this program knows")]
    [InlineData("\"kind\":\"characters\"", "\"kind\":\"words\"", "tokenizer is 'words' but it has no tokens")]
    [InlineData("\"kind\":\"characters\"", "\"kind\":\"bytes\"", "has shape [20, 9] where [20, 256] is expected")]
    [InlineData("\"vocabulary\":", "\"letters\":", "tokenizer is 'characters' but it has no vocabulary")]
    [InlineData("hard-sigmoid", "softsign", "damaged at $.architecture.gates")]
    [InlineData("\"hiddenSize\":5", "\"hiddenSize\":6", "'lstm.weight_ih_l0' has shape [20, 9] where [24, 9] is expected")]
    [InlineData("\"hiddenSize\":5", "\"hiddenSize\":2000000000", "HiddenSize is 2000000000")]
    [InlineData("\"hiddenSize\":5", "\"hiddenSize\":-5", "HiddenSize is -5")]
    [InlineData("\"window\":7", "\"window\":0", "Window is 0")]
    [InlineData("\"window\":7,", "", "damaged")]
    [InlineData("\\n \\\"", "\\n  \\\"", "repeats a character (U+0020 after U+0020)")]
    [InlineData("ab\u00e9", "ba\u00e9", "not sorted")]
    [InlineData("ab\u00e9", "ab\u00e9\u00ea", "has shape [20, 9] where [20, 10] is expected")]
    [InlineData("\\n \\\"\\\\ab\u00e9\u4e2d\\uD83D\\uDE00", "a", "vocabulary has 1 character")]
    [InlineData("\\uD83D\\uDE00", "\\uD83D", "damaged")]
    [InlineData("\"lowercase\":true", "\"lowercase\":null", "damaged at $.normalization.lowercase")]
    public void Load_ChangedDescription_SaysWhatIsWrong(string before, string after, string problem)
    {
        file.SaveChanged(SampleModel.Make(), before, after);
        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"formatVersion\":1}")]
    public void Load_DescriptionOfAnotherKind_SaysItIsDamaged(string description)
    {
        file.Save(SampleModel.Make(), _ => description);
        Assert.Contains("(metadata 'aphorist') is damaged", file.LoadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("decoder.bias", "decoder.biases", "'decoder.bias' of shape [9] is missing")]
    [InlineData("", "extra", "unexpected tensor 'extra'")]
    public void Load_OtherTensorNames_SaysWhichOneIsWrong(string renamed, string name, string problem)
    {
        file.Save(SampleModel.Make(), rename: tensor => tensor == renamed ? name : tensor, extra: renamed.Length == 0 ? name : null);
        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }
}
