using Aphorist.Training;

namespace Aphorist.Tests.Readme;

/// <summary>The example in the README files, compiled. <see cref="ReadmeTests"/> compares it with them.</summary>
internal static class ReadmeExample
{
    public static async Task RunAsync()
    {
        // begin
        Corpus corpus = await Corpus.OpenAsync("fables"); // or a file, a folder, a pattern such as "texts/*.txt"
        LanguageModel model = LanguageModel.Create(ModelSpec.Quick, Tokenizer.Create(corpus));

        await foreach (TrainingEvent e in new Trainer(model, corpus, TrainingOptions.Quick).RunAsync())
            if (e is EpochCompleted epoch) Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}");

        model.Save("fables.safetensors");

        TextGenerator generator = new(LanguageModel.Load("fables.safetensors"));
        await foreach (string piece in generator.StreamAsync("The fox ", new() { MaxTokens = 300, Temperature = 0.6 }))
            Console.Write(piece);
        // end
    }
}
