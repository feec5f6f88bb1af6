using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Evaluate;

/// <summary>`aphorist evaluate`: measures how well a model predicts a text.</summary>
internal static class EvaluateCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    private static readonly Argument<string[]> Corpus = WordArgument.Corpora(
        "CORPUS", "Text to predict: a name from `aphorist corpora`, files, a folder, a pattern, or - for standard input.");

    private static readonly ChoiceOption<Objective> Objective = new(
        "--objective",
        "stream: predict every token and carry the state through the text. windows: predict the token after each window from a zero state.",
        Aphorist.Training.Objective.Stream,
        ("windows", Aphorist.Training.Objective.Windows), ("stream", Aphorist.Training.Objective.Stream));

    private static readonly NumberOption<int> Step = NumberOptions.Whole(
        "--step", "Stride: tokens between the starts of two windows, for --objective windows.", 1, fallback: 3)
        .Sets(nameof(EvaluationOptions.Stride));

    private static readonly NumberOption<double> Tail = NumberOptions.Real(
        "--tail", "fraction", "Fraction of the text, from its end, that is predicted.", NumberRange.Above(0, 1), 1)
        .Sets(nameof(EvaluationOptions.TailShare));

    private static readonly NumberOption<int> Threads = NumberOptions.Whole(
        "--threads", "Number of threads. The result does not depend on it. Default: one per processor.", 1, 1024);

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly ChoiceOption<UnknownCharacterPolicy> Unknown = UnknownCharacters.CreateOption();

    public static Command Create()
    {
        Command command = new(
            "evaluate",
            "Measure how well a model predicts a text: loss, perplexity and accuracy per token, and bits per character, which can be "
            + "compared between models of characters, words and bytes: words that the vocabulary lacks cost their spelling.")
        {
            Model, Corpus, Objective, Step, Tail, Encoding, Unknown, Threads,
        };
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new(
                "aphorist evaluate runs/nietzsche nietzsche --tail 0.05",
                "Predict the last 5 % of the text, the validation set of --validation 0.05."),
            new("aphorist evaluate model.safetensors other.txt --json", "Predict another text and print one JSON object."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        string[] sources = call.GetRequiredValue(Corpus);
        Objective objective = Objective.GetValue(call) ?? Aphorist.Training.Objective.Stream;
        if (Step.GetValue(call) is not null && objective == Aphorist.Training.Objective.Stream)
            throw new UsageException($"{Step.Name} applies only with {Objective.Name} windows: add that, or leave out {Step.Name}.");
        LanguageModel model = await ModelPath.LoadAsync(ModelPath.Of(call.GetRequiredValue(Model)), cancellationToken);
        CorpusOptions corpusOptions = new() { Encoding = call.GetValue(Encoding), Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, corpusOptions, output, cancellationToken);
        UnknownCharacterPolicy policy = Unknown.GetValue(call) ?? UnknownCharacterPolicy.Error;
        UnknownCharacters unknown = await UnknownCharacters.FindAsync(corpus, model.Tokenizer, policy, output, cancellationToken);
        EvaluationOptions options = new()
        {
            Objective = objective,
            Stride = Step.GetValue(call) ?? 3,
            TailShare = Tail.GetValue(call) ?? 1,
            UnknownCharacters = policy,
            Threads = Threads.GetValue(call) ?? 0,
        };
        Evaluation evaluation = await Task.Run(() => model.Evaluate(corpus, options, cancellationToken), cancellationToken);
        if (unknown.Count > 0 && options.TailShare < 1)
        {
            unknown = unknown.WithPart(
                await Task.Run(() => model.CountSkippedCharacters(corpus, options, cancellationToken), cancellationToken),
                options.TailShare);
        }

        if (output.Json) output.Result.Announce(Json(evaluation, unknown));
        else Write(output.Result, evaluation, unknown, model.Tokenizer);
        unknown.WriteNote(output);
        UnknownWords.WriteNote(output, evaluation, model.Tokenizer);
        return ExitCode.Done;
    }

    private static string Json(Evaluation evaluation, UnknownCharacters unknown) => JsonLine.Of(json =>
    {
        json.WriteNumber("count", evaluation.Count);
        json.WriteNumber("characters", evaluation.Characters);
        json.WriteFinite("nats", evaluation.LossPerToken);
        json.WriteFinite("bitsPerCharacter", evaluation.BitsPerCharacter);
        json.WriteFinite("perplexity", evaluation.Perplexity);
        json.WriteFinite("accuracy", evaluation.Accuracy);
        json.WriteNumber("correct", evaluation.Correct);
        UnknownWords.WriteTo(json, evaluation);
        unknown.WriteTo(json);
    });

    private static void Write(
        TextWriter output, Evaluation evaluation, UnknownCharacters unknown, Tokenizer tokenizer) => TextTable.Write(
        output,
        [
            ["predictions", evaluation.Count.ToString("N0", CultureInfo.InvariantCulture)],
            .. UnknownWords.Rows(evaluation, tokenizer),
            .. unknown.Rows(),
            ["characters", evaluation.Characters.ToString("N0", CultureInfo.InvariantCulture)],
            ["nats", Number(evaluation.LossPerToken)],
            ["bits per character", Number(evaluation.BitsPerCharacter)],
            ["perplexity", Number(evaluation.Perplexity)],
            ["accuracy", Number(evaluation.Accuracy)],
        ]);

    private static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
}
