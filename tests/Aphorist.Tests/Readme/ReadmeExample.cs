using Aphorist.Training;

namespace Aphorist.Tests.Readme;

/// <summary>The README's example of the library, so that it compiles; <see cref="ReadmeTests"/> compares the two.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync()
    {
        // begin
        Corpus corpus = await Corpus.OpenAsync("aphorisms", new CorpusOptions { Lowercase = true });
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook, CharacterTokenizer.Create(corpus), seed: 1);
        Trainer trainer = new(model, corpus, TrainingOptions.Notebook with { Epochs = 10 });
        await foreach (TrainingEvent step in trainer.RunAsync())
        {
            if (step is not EpochCompleted epoch) continue;
            TextGenerator generator = new(model);
            Console.WriteLine($"{epoch.Epoch}: {epoch.Loss:F4}  {generator.Generate("the truth is ", new() { MaxTokens = 200, Temperature = 0.5 })}");
        }

        model.Save("aphorisms.safetensors");
        // end
    }
}
