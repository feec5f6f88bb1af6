using System.Globalization;
using Aphorist.Peers;

// Four modes. README.md describes what each measures.
//   [rounds]                             training and generation with the `notebook` preset, Aphorist and TorchSharp alternately
//   streams [rounds] [batch] [hidden] [lstm|gru|rnn]
//                                        training steps on streams, for several layer kinds, hidden sizes and numbers of layers
//   gpt [CORPUS] [seconds]               validation loss of a small GPT over training time, with libtorch
//   ngram CORPUS [percent]               bits per character of a 3-gram model on the last part of a text
const int Threads = 2;
const string Usage =
    "Usage: Aphorist.Peers [rounds] | streams [rounds] [batch] [hidden] [lstm|gru|rnn] | gpt [CORPUS] [seconds] | ngram CORPUS [percent]";

switch (args)
{
    case []:
        NotebookComparison.Run(rounds: 9, Threads);
        return 0;
    case [string rounds] when Count(rounds) is int given:
        NotebookComparison.Run(given, Threads);
        return 0;
    case ["streams", .. string[] numbers] when numbers.Length <= 3 && numbers.All(number => Count(number) is not null):
        CompareStreams(numbers, null);
        return 0;
    case ["streams", .. string[] numbers, string layer]
        when numbers.Length <= 3 && numbers.All(number => Count(number) is not null) && KindOf(layer) is RecurrentKind kind:
        CompareStreams(numbers, kind);
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

static void CompareStreams(string[] numbers, RecurrentKind? kind) =>
    StreamComparison.Run(At(numbers, 0) ?? 5, At(numbers, 1) ?? 32, At(numbers, 2), kind, Threads);

static RecurrentKind? KindOf(string name) => name switch
{
    "lstm" => RecurrentKind.Lstm,
    "gru" => RecurrentKind.Gru,
    "rnn" => RecurrentKind.Rnn,
    _ => null,
};

static int Train(string? path, int? seconds)
{
    if (path is null)
        return Fail($"The corpus is missing. Name it, or set {CorpusFile.FolderVariable} to a folder that has {CorpusFile.DefaultName}.");
    if (!File.Exists(path)) return Fail($"The file '{path}' does not exist.");
    GptTraining.Run(path, seconds, Threads);
    return 0;
}

static int Fail(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}

static int? At(string[] numbers, int index) => index < numbers.Length ? Count(numbers[index]) : null;

static int? Count(string text) =>
    int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0 ? count : null;
