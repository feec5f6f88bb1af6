using Aphorist.Training;

namespace Aphorist.Tests.Readme;

/// <summary>The examples of the package's README, so that they compile; <see cref="ReadmeTests"/> compares.</summary>
internal static class PackageReadmeExample
{
    public static void Write()
    {
        // begin
        LanguageModel model = LanguageModel.Load("aphorisms.safetensors");
        TextGenerator generator = new(model);
        foreach (string piece in generator.Stream("the truth is ", new() { MaxTokens = 300, Temperature = 0.5 })) Console.Write(piece);
        // end
    }

    public static async Task TrainAsync()
    {
        // begin
        Corpus corpus = await Corpus.OpenAsync("aphorisms", new CorpusOptions { Lowercase = true });
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, CharacterTokenizer.Create(corpus), seed: 1);
        Trainer trainer = new(model, corpus, TrainingOptions.Notebook with { Epochs = 10 });
        await foreach (TrainingEvent happened in trainer.RunAsync())
        {
            if (happened is EpochCompleted epoch) Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F4}");
        }

        model.Save("aphorisms.safetensors");
        // end
    }
}
