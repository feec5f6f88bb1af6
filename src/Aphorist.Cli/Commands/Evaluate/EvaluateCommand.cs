using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Evaluate;

/// <summary>`aphorist evaluate`: how well a model predicts a text.</summary>
internal static class EvaluateCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly Argument<string[]> Corpus = WordArgument.Several("CORPUS", "The text to predict: a name that `aphorist corpora` lists, files, a folder, a pattern, or - for standard input.");

    private static readonly ChoiceOption<Objective> Objective = new(
        "--objective", "stream predicts every token, the state carried from one to the next; windows the token after each window, read from a zero state. stream by default.",
        ("windows", Aphorist.Training.Objective.Windows), ("stream", Aphorist.Training.Objective.Stream));

    private static readonly NumberOption<int> Step = NumberOptions.Whole("--step", "Tokens between the starts of two windows, for --objective windows. 3 by default.", 1);

    private static readonly NumberOption<double> Tail = NumberOptions.Real(
        "--tail", "share", "Share of the text, from its end, that is predicted. 1 by default.", value => value > 0 && value <= 1, "a share above 0, up to 1");

    private static readonly NumberOption<int> Threads = NumberOptions.Whole("--threads", "Threads. One for each processor by default; the result does not depend on it.", 1, 1024);

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    public static Command Create()
    {
        Command command = new("evaluate", "Measures how well a model predicts a text: nats, perplexity and accuracy by its own tokens, and bits per character, by which models of characters, words and bytes compare.")
        {
            Model, Corpus, Objective, Step, Tail, Encoding, Threads,
        };
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist evaluate runs/nietzsche nietzsche --tail 0.05", "Predicts the last 5 % of the text, as training with --validation 0.05 does."),
            new("aphorist evaluate model.safetensors other.txt --json", "Predicts another text and prints one JSON object."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        string[] sources = call.GetValue(Corpus) is { Length: > 0 } given ? given : throw new UsageException("Name the text to predict: aphorist evaluate MODEL CORPUS.");
        Objective objective = Objective.GetValue(call) ?? Aphorist.Training.Objective.Stream;
        if (Step.GetValue(call) is not null && objective == Aphorist.Training.Objective.Stream)
            throw new UsageException($"{Step.Name} is the distance between windows, and a stream is predicted token by token: add {Objective.Name} windows, or leave it out.");
        LanguageModel model = LanguageModel.Load(ModelPath.Of(call.GetRequiredValue(Model)));
        CorpusOptions reading = new() { Encoding = call.GetValue(Encoding), Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, reading, output, cancellationToken);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        EvaluationOptions options = new()
        {
            Objective = objective,
            Stride = Step.GetValue(call) ?? 3,
            TailShare = Tail.GetValue(call) ?? 1,
            Threads = Threads.GetValue(call) ?? 0,
        };
        Evaluation evaluation = await Task.Run(() => model.Evaluate(corpus, options, cancellationToken), cancellationToken);
        if (output.Json) output.Result.Announce(Json(evaluation));
        else Write(output.Result, evaluation);
        return ExitCode.Done;
    }

    private static string Json(Evaluation evaluation) => JsonLine.Of(json =>
    {
        json.WriteNumber("count", evaluation.Count);
        json.WriteNumber("characters", evaluation.Characters);
        json.WriteFinite("nats", evaluation.LossPerToken);
        json.WriteFinite("bitsPerCharacter", evaluation.BitsPerCharacter);
        json.WriteFinite("perplexity", evaluation.Perplexity);
        json.WriteFinite("accuracy", evaluation.Accuracy);
        json.WriteNumber("correct", evaluation.Correct);
    });

    private static void Write(TextWriter output, Evaluation evaluation) => TextTable.Write(
        output,
        [
            ["predictions", evaluation.Count.ToString("N0", CultureInfo.InvariantCulture)],
            ["characters", evaluation.Characters.ToString("N0", CultureInfo.InvariantCulture)],
            ["nats", Number(evaluation.LossPerToken)],
            ["bits per character", Number(evaluation.BitsPerCharacter)],
            ["perplexity", Number(evaluation.Perplexity)],
            ["accuracy", Number(evaluation.Accuracy)],
        ]);

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
