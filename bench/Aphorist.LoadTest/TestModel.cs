using System.Globalization;

namespace Aphorist.LoadTest;

/// <summary>A model that the server generates with. It is not trained, which does not change the work.</summary>
/// <param name="Name">Its name in the report.</param>
/// <param name="Spec">Its shape.</param>
/// <param name="Request">The texts that clients ask for.</param>
internal sealed record TestModel(string Name, ModelSpec Spec, TextRequest Request)
{
    public const string Alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ .,!?\n"; // 58 characters

    private const string Prompt = "It was the best of ";

    /// <summary>The model of the `notebook` preset.</summary>
    public static TestModel Notebook { get; } = new("LSTM(128)", ModelSpec.Notebook, new TextRequest(2000, Prompt));

    public static TestModel Large { get; } =
        new("LSTM(512) x 2", ModelSpec.CharRnn with { HiddenSize = 512 }, new TextRequest(500, Prompt));

    public LanguageModel Create() => LanguageModel.Create(Spec, CharacterTokenizer.FromCharacters(Alphabet), seed: 1);

    /// <summary>Writes the model to a folder.</summary>
    /// <returns>The file.</returns>
    public string Save(string folder)
    {
        string file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"lstm-{Spec.HiddenSize}.safetensors"));
        Create().Save(file);
        return file;
    }
}
