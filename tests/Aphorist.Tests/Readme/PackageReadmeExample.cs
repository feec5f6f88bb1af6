using Aphorist.Training;

namespace Aphorist.Tests.Readme;

/// <summary>The examples in the README of the package, compiled. <see cref="ReadmeTests"/> compares them with it.</summary>
internal static class PackageReadmeExample
{
    public static async Task TrainAsync()
    {
        // begin
        Corpus corpus = await Corpus.OpenAsync("fables");
        LanguageModel model = LanguageModel.Create(ModelSpec.Quick, Tokenizer.Create(corpus));

        await foreach (TrainingEvent e in new Trainer(model, corpus, TrainingOptions.Quick).RunAsync())
            if (e is EpochCompleted epoch) Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}");

        model.Save("fables.safetensors");
        // end
    }

    public static async Task GenerateAsync()
    {
        // begin
        TextGenerator generator = new(LanguageModel.Load("fables.safetensors"));
        GenerationOptions options = new() { MaxTokens = 300, Temperature = 0.7, TopP = 0.95 };

        await foreach (string piece in generator.StreamAsync("The fox ", options)) Console.Write(piece);
        // end
    }
}
