namespace Aphorist.Studio.Tests.Models;

/// <summary>Small models without training.</summary>
internal static class ModelFiles
{
    public const string Text = "the fox and the crow sat in a tree and talked about cheese. ";

    public static LanguageModel Create(ModelSpec? spec = null) => LanguageModel.Create(
        spec ?? new() { HiddenSize = 8, Gates = GateActivation.Sigmoid }, Tokenizer.Create(Corpus.FromText(Text)), seed: 1);

    public static void Save(string folder, string name, ModelSpec? spec = null) =>
        Create(spec).Save(Path.Combine(folder, $"{name}.safetensors"));
}
