#:project ../src/Aphorist/Aphorist.csproj
#:property PublishAot=false
#:property RestorePackagesWithLockFile=false

// "Text generation with LSTM", the notebook of Chollet, Deep Learning with Python, 8.1, as a page of C#. From the repository's folder:
//
//     dotnet run -c Release samples/notebook.cs                  Nietzsche, as there: 600 KB, downloaded once, and 59 epochs
//     dotnet run -c Release samples/notebook.cs aphorisms 10     a built-in text, ten epochs
//     dotnet run -c Release samples/notebook.cs mine.txt         a text of your own

using Aphorist;
using Aphorist.Training;

string name = args.Length > 0 ? args[0] : "nietzsche";
int epochs = TrainingOptions.Notebook.Epochs;
if (args.Length > 1 && (!int.TryParse(args[1], out epochs) || epochs < 1)) return Fail($"The number of epochs is '{args[1]}': give one from 1 on.");

// Read the text, in lower case, so that there are fewer characters to learn.
Corpus corpus;
try
{
    corpus = await Corpus.OpenAsync(name, new CorpusOptions { Lowercase = true });
}
catch (CorpusException problem)
{
    return Fail(problem.Message);
}

CharacterTokenizer characters = CharacterTokenizer.Create(corpus);
Console.WriteLine($"{corpus.Name}: {corpus.CharacterCount:N0} characters, {characters.Count} of them different.");

// Build the model: an LSTM of 128 units reads 60 characters one after the other, then a softmax says how likely each character is to come next.
ModelSpec shape = ModelSpec.Notebook;
LanguageModel model = LanguageModel.Create(shape, characters);

// Train it on windows of 60 characters, one every 3, each with the character that follows as the answer: 128 windows a step, RMSprop with a rate of 0.01.
Trainer trainer = new(model, corpus, TrainingOptions.Notebook with { Epochs = epochs });
await foreach (TrainingEvent happened in trainer.RunAsync())
{
    if (happened is not EpochCompleted epoch) continue;
    Console.WriteLine($"\n=== epoch {epoch.Epoch} of {epochs}, loss {epoch.Loss:F4}, {epoch.Seconds:F0} s");
    TextGenerator generator = new(model, GenerationMode.Window);

    // Take a passage of the text at random...
    int start = Random.Shared.Next((int)corpus.CharacterCount - shape.Window);
    string text = string.Concat(corpus.Text.EnumerateRunes().Skip(start).Take(shape.Window));
    Console.WriteLine($"--- passage\n{text}");

    // ... and let the model go on from there, each temperature where the one before stopped. A low one repeats what is likely, a high one dares what is not.
    foreach (double temperature in (double[])[0.2, 0.5, 1.0, 1.2])
    {
        string written = generator.Generate(text, new() { Temperature = temperature });
        Console.WriteLine($"--- temperature {temperature:F1}\n{written}");
        text += written;
    }
}

// Keep what was learnt. This writes with it: dotnet run --project samples/TinyGenerator -- runs/notebook.safetensors "the truth is "
Directory.CreateDirectory("runs");
model.Save("runs/notebook.safetensors");
return 0;

static int Fail(string sentence)
{
    Console.Error.WriteLine(sentence);
    return 1;
}
