using Aphorist.Tests.Storage;
using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>Ten thousand damaged state dicts: each ends in one sentence or in a model, within little memory.</summary>
public sealed class PyTorchDamageTests
{
    private const int Seed = 20261127;

    private static readonly CharacterTokenizer Letters = CharacterTokenizer.FromCharacters("abcdefg");

    [Theory]
    [InlineData(false, "F32")]
    [InlineData(true, "F16")]
    public void Read_DamagedAtRandom_IsAnErrorOrAModel(bool isGru, string dataType)
    {
        StateDictFile source = new() { Tensors = new PyTorchSample(new() { IsGru = isGru, Layers = 2, EmbeddingSize = 4 }).Tensors, DataType = dataType };
        source.Metadata["format"] = "pt";
        byte[] file = source.ToBytes();
        Random random = new(Seed);
        int refused = 0;
        for (int round = 0; round < SafetensorsDamage.Rounds / 2; round++)
            if (!SafetensorsDamage.Measure(SafetensorsDamage.Of(file, random, round), Reads)) refused++;

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Seed}, {file.Length} bytes: {refused} of {SafetensorsDamage.Rounds / 2} refused");
        // Much of a file is weights, of which most bits are some number, and a module may have other names.
        Assert.InRange(refused, SafetensorsDamage.Rounds / 4, SafetensorsDamage.Rounds / 2 - 1);
    }

    private static bool Reads(byte[] bytes)
    {
        try
        {
            PyTorchModel model = PyTorchModel.Read(new MemoryStream(bytes));
            if (model.VocabularySize != Letters.VocabularySize) return false;
            LanguageModel imported = model.ToLanguageModel(Letters);
            foreach (ParameterTensor tensor in imported.Parameters.Tensors)
                foreach (float value in imported.Parameters.GetValues(tensor)) Assert.True(float.IsFinite(value));
            return true;
        }
        catch (ModelFileException exception)
        {
            Assert.StartsWith("Cannot read 'stream': ", exception.Message, StringComparison.Ordinal);
            Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(exception.Message, char.IsControl);
            return false;
        }
    }
}
