#:project ../src/Aphorist/Aphorist.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// The Keras notebook "Text generation with LSTM" (Chollet, Deep Learning with Python, 8.1) as one page of C#. Run it in the folder of the
// repository:
//
//     dotnet run -c Release samples/notebook.cs                  Nietzsche, as in the notebook: a download of 600 KB, 59 epochs
//     dotnet run -c Release samples/notebook.cs aphorisms 10     a built-in text, 10 epochs
//     dotnet run -c Release samples/notebook.cs mine.txt         your own text

using Aphorist;
using Aphorist.Training;

string name = args.Length > 0 ? args[0] : "nietzsche";
int epochs = TrainingOptions.Notebook.Epochs;
if (args.Length > 1 && (!int.TryParse(args[1], out epochs) || epochs < 1))
    return Fail($"The number of epochs is '{args[1]}', but must be a whole number of at least 1.");

// Read the text and convert it to lower case, which makes the vocabulary smaller.
Corpus corpus;
try
{
    corpus = await Corpus.OpenAsync(name, new CorpusOptions { Lowercase = true });
}
catch (CorpusException exception)
{
    return Fail(exception.Message);
}

CharacterTokenizer characters = CharacterTokenizer.Create(corpus);
Console.WriteLine($"{corpus.Name}: {corpus.CharacterCount:N0} characters, {characters.VocabularySize} different ones.");

// Create the model: an LSTM with 128 units reads 60 characters, and a softmax returns the probability of each possible next character.
ModelSpec shape = ModelSpec.Notebook;
LanguageModel model = LanguageModel.Create(shape, characters);

// Train it to predict the character after each window of 60 characters. The windows start 3 characters apart (stride 3), the batch size
// is 128, and the optimizer is RMSprop with a learning rate of 0.01.
Trainer trainer = new(model, corpus, TrainingOptions.Notebook with { Epochs = epochs });
await foreach (TrainingEvent trainingEvent in trainer.RunAsync())
{
    if (trainingEvent is not EpochCompleted epoch) continue;
    Console.WriteLine($"\n=== epoch {epoch.Epoch} of {epochs}, loss {epoch.Loss:F4}, {epoch.Seconds:F0} s");
    TextGenerator generator = new(model, GenerationMode.Window);

    // Choose a random passage of the text.
    int start = Random.Shared.Next((int)corpus.CharacterCount - shape.Window);
    string text = string.Concat(corpus.Text.EnumerateRunes().Skip(start).Take(shape.Window));
    Console.WriteLine($"--- passage\n{text}");

    // Continue it with several temperatures, each from where the previous one stopped. A low temperature gives likely text, a high one
    // gives more varied text.
    foreach (double temperature in (double[])[0.2, 0.5, 1.0, 1.2])
    {
        string continuation = generator.Generate(text, new() { Temperature = temperature });
        Console.WriteLine($"--- temperature {temperature:F1}\n{continuation}");
        text += continuation;
    }
}

// Save the model. To generate text with it: dotnet run --project samples/TinyGenerator -- runs/notebook.safetensors "the truth is "
Directory.CreateDirectory("runs");
model.Save("runs/notebook.safetensors");
return 0;

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 1;
}
