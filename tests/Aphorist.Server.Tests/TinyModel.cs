using Aphorist.Training;
using Xunit;

[assembly: AssemblyFixture(typeof(Aphorist.Server.Tests.TinyModel))]

namespace Aphorist.Server.Tests;

/// <summary>
/// A small trained model, in a file named tiny.safetensors. Some of its characters need several bytes in UTF-8 and UTF-16. It is trained
/// for stateful generation.
/// </summary>
public sealed class TinyModel : IAsyncLifetime
{
    private static readonly string[] Words =
        ["the", "cat", "saw", "a", "red", "fox", "🦊", "in", "the", "café", "and", "ran", "to", "sea"];

    private readonly string folder = Directory.CreateTempSubdirectory("aphorist-server").FullName;

    public string File => Path.Combine(folder, "tiny.safetensors");

    public LanguageModel Model { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        System.Text.StringBuilder text = new();
        for (int word = 0; text.Length < 4000; word++)
            text.Append(Words[word * word % 31 % Words.Length]).Append(word % 7 == 6 ? ".\n" : " ");
        Corpus corpus = Corpus.FromText(text.ToString(), "tiny");
        Model = LanguageModel.Create(new ModelSpec { HiddenSize = 32, Window = 20 }, CharacterTokenizer.Create(corpus), seed: 1);
        TrainingOptions options = new()
        {
            Objective = Objective.Stream,
            BatchSize = 8,
            SequenceLength = 20,
            Epochs = 4,
            LearningRate = 0.005,
            Seed = 1,
        };
        await foreach (TrainingEvent _ in new Trainer(Model, corpus, options).RunAsync()) continue;
        Model.Save(File);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return default;
    }
}
