using Aphorist.Tests.Storage;
using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>Reading a damaged state dict gives a clear error or a model, and allocates little memory.</summary>
public sealed class PyTorchDamageTests
{
    private static readonly CharacterTokenizer Letters = CharacterTokenizer.FromCharacters("abcdefg");

    [Theory]
    [InlineData(false, "F32")]
    [InlineData(true, "F16")]
    public void Read_DamagedAtRandom_IsAnErrorOrAModel(bool isGru, string dataType)
    {
        StateDictFile source = new()
        {
            Tensors = new PyTorchSample(new() { IsGru = isGru, Layers = 2, EmbeddingSize = 4 }).Tensors,
            DataType = dataType
        };
        source.Metadata["format"] = "pt";
        byte[] file = source.ToBytes();
        int refused = DamagedFiles.CountRefusedSafetensors(file, DamagedFiles.Rounds / 2, Reads);

        // Most of a file is weights, where most bits give some number, and a module may have another name.
        Assert.InRange(refused, DamagedFiles.Rounds / 4, DamagedFiles.Rounds / 2 - 1);
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
            DamagedFiles.AssertIsSentence(exception.Message);
            return false;
        }
    }
}
