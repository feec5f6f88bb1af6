namespace Aphorist.Studio.Tests.Inside;

/// <summary>Small models without training, for pages that look into a model.</summary>
internal static class TinyModel
{
    public const string Text = "The cat sat. \"No,\" said Anna.\nShe saw 12 foxes and ran away!\n\n";

    /// <summary>Saves a model in the folder of a studio and returns it.</summary>
    public static LanguageModel Save(
        string folder, string name, ModelSpec? spec = null, TokenizerKind kind = TokenizerKind.Characters)
    {
        Tokenizer tokenizer = Tokenizer.Create(Corpus.FromText(Text), new() { Kind = kind, MinimumCount = 1 });
        LanguageModel model = LanguageModel.Create(spec ?? new() { HiddenSize = 6, Layers = 2 }, tokenizer, seed: 1);
        model.Save(Path.Combine(folder, $"{name}.safetensors"));
        return model;
    }
}
