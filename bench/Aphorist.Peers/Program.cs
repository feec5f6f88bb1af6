using System.Globalization;
using Aphorist.Peers;

// Four modes; README.md says what each measures.
//   [rounds]                             the notebook's pieces of work, Aphorist and TorchSharp in turns
//   streams [rounds] [batch] [hidden]    training steps on a stream, over kinds, sizes and depths of network
//   gpt [CORPUS] [seconds]               a small GPT trained with libtorch: validation loss against training time
//   ngram CORPUS [percent]               what counting three characters reaches on the last part of a text
const int Threads = 2;
const string Usage = "Aphorist.Peers [rounds] | streams [rounds] [batch] [hidden] | gpt [CORPUS] [seconds] | ngram CORPUS [percent]";

switch (args)
{
    case []:
        NotebookComparison.Run(rounds: 9, Threads);
        return 0;
    case [string rounds] when Count(rounds) is int given:
        NotebookComparison.Run(given, Threads);
        return 0;
    case ["streams", .. string[] numbers] when numbers.Length <= 3 && numbers.All(number => Count(number) is not null):
        StreamComparison.Run(At(numbers, 0) ?? 5, At(numbers, 1) ?? 32, At(numbers, 2), Threads);
        return 0;
    case ["gpt"]:
        return Train(CorpusFile.Default, null);
    case ["gpt", string time] when Count(time) is int seconds:
        return Train(CorpusFile.Default, seconds);
    case ["gpt", string path]:
        return Train(path, null);
    case ["gpt", string path, string time] when Count(time) is int seconds:
        return Train(path, seconds);
    case ["ngram", string name]:
        await NGramBaseline.RunAsync(name, 0.1);
        return 0;
    case ["ngram", string name, string percent] when Count(percent) is int share:
        await NGramBaseline.RunAsync(name, share / 100.0);
        return 0;
    default:
        return Fail(Usage);
}

static int Train(string? path, int? seconds)
{
    if (path is null) return Fail($"Name the corpus, or set {CorpusFile.FolderVariable} to a folder with {CorpusFile.DefaultName}.");
    if (!File.Exists(path)) return Fail($"There is no file {path}.");
    GptTraining.Run(path, seconds, Threads);
    return 0;
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}

static int? At(string[] numbers, int index) => index < numbers.Length ? Count(numbers[index]) : null;

static int? Count(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;
