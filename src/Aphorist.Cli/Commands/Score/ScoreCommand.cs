using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Studio.Inside.Reading;

namespace Aphorist.Cli.Commands.Score;

/// <summary>`aphorist score`: measures how surprising a text is to a model, and where.</summary>
internal static class ScoreCommand
{
    private const int DefaultPassages = 8, DefaultLength = 20_000;

    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    private static readonly Argument<string[]> Text = WordArgument.Corpora(
        "FILE", "The text to read: files, a name that `aphorist corpora` lists, a folder, a pattern, or - for standard input.");

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly ChoiceOption<UnknownCharacterPolicy> Unknown = UnknownCharacters.CreateOption();

    private static readonly NumberOption<int> Passages = NumberOptions.Whole(
        "--passages", "Number of most surprising passages to list, each about a line long.", 0, 1000, DefaultPassages);

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write a self-contained HTML page that shows the text coloured by its surprisal. - is standard output.",
        HelpName = "file",
    };

    private static readonly NumberOption<int> Length = NumberOptions.Whole(
        "--length", "Number of tokens that the page shows. The totals are over the whole text.", 1, 1_000_000, DefaultLength);

    public static Command Create()
    {
        Command command = new(
            "score", "Measure how surprising a text is to a model, and list the most surprising passages.") { Model, Text };
        OptionGroup.Attach(command, new("Text", Encoding, Unknown), new("Output", Passages, Output, Length));
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new(
                "aphorist score runs/nietzsche draft.txt --output draft.html",
                "List the most surprising passages, and write a page with the coloured text."),
            new("aphorist score runs/fables - --json < draft.txt", "Read standard input and print one JSON object."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        string[] sources = call.GetRequiredValue(Text);
        string? file = call.GetValue(Output);
        if (call.GetResult(Length) is not null && file is null)
            throw new UsageException($"{Length.Name} limits the page: add {Output.Name}, or remove {Length.Name}.");
        string name = call.GetRequiredValue(Model);
        string path = ModelPath.Of(name);
        OutputPath? target = file is null
            ? null
            : OutputPath.Of(file, OutputContent.Text, output, new("the model", path), new("the text", sources));
        LanguageModel model = await ModelPath.LoadAsync(path, cancellationToken);
        CorpusOptions options = new() { Encoding = call.GetValue(Encoding), Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, options, output, cancellationToken);
        UnknownCharacters unknown = await UnknownCharacters.FindAsync(
            corpus, model.Tokenizer, Unknown.GetValue(call) ?? UnknownCharacterPolicy.Error, output, cancellationToken);
        using OutputFile? page = target?.Open(cancellationToken);
        ScoringOptions scoring = new(
            Passages.GetValue(call) ?? DefaultPassages, file is null ? 0 : Length.GetValue(call) ?? DefaultLength, unknown.Count);
        ScoredText scored;
        await using (CorpusProgressReport report = new(output))
        {
            scored = await Task.Run(
                () => ScoredText.Read(name, model, corpus, scoring, report, cancellationToken), cancellationToken);
        }

        page?.Write(ScorePage.Create(scored));
        page?.Commit();
        if (output.Json) output.Result.Announce(ScoreReport.Json(scored, unknown, file));
        else ScoreReport.Write(target?.Report ?? output.Result, scored, unknown);
        UnknownWords.WriteNote(output, scored.Total, model.Tokenizer);
        unknown.WriteNote(output);
        if (target is { IsStandardOutput: false } && !output.Json) output.Notes.WriteLine($"Page with the coloured text: {file}");
        return ExitCode.Done;
    }
}
