using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Loading a damaged model file must end in a model or in a proper error.</summary>
internal static class LoadOrRefusal
{
    /// <summary>Whether a file with these bytes loads, with finite weights; fails the test when loading ends in anything but a model or one sentence that names the file.</summary>
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
            Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(exception.Message, char.IsControl);
            return false;
        }
    }
}
