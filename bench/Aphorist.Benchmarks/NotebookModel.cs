namespace Aphorist.Benchmarks;

/// <summary>An untrained model of the `notebook` preset: 57 characters, 128 units, a window of 60.</summary>
internal static class NotebookModel
{
    public static string Alphabet { get; } = string.Concat(Enumerable.Range('A', 57).Select(code => (char)code));

    public static LanguageModel Create() => LanguageModel.Create(ModelSpec.Notebook, CharacterTokenizer.FromCharacters(Alphabet), seed: 1);
}
