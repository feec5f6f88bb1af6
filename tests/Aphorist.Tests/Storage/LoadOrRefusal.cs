using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Loads a damaged model file, which must end in a model or in a clear error.</summary>
internal static class LoadOrRefusal
{
    /// <summary>
    /// Whether a file with these bytes loads. Fails the test if a weight is not finite, or the error is not one sentence that names the
    /// file.
    /// </summary>
    public static bool Loads(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        try
        {
            LanguageModel model = LanguageModel.Load(path);
            foreach (ParameterTensor tensor in model.Parameters.Tensors)
                foreach (float value in model.Parameters.GetValues(tensor)) Assert.True(float.IsFinite(value));
            return true;
        }
        catch (ModelFileException exception)
        {
            Assert.StartsWith($"Cannot read '{path}': ", exception.Message, StringComparison.Ordinal);
            DamagedFiles.AssertIsSentence(exception.Message);
            return false;
        }
    }
}
