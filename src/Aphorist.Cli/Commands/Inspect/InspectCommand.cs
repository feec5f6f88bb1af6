using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;
using Aphorist.Studio.Inside.Reading;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>`aphorist inspect`: shows what the cells of a model do while it reads a text.</summary>
internal static class InspectCommand
{
    private const string DefaultName = "inspect.html";
    private const int DefaultLength = 4000, DefaultCells = 4;

    // The activations in the page. Browsers do not open much more.
    private const long MaximumValues = 100_000_000;

    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    private static readonly Argument<string[]> Text = WordArgument.Corpora(
        "TEXT", "The text to read: a name that `aphorist corpora` lists, files, a folder, a pattern, or - for standard input.");

    private static readonly NumberOption<double> Tail = NumberOptions.Real(
        "--tail", "fraction", "The fraction of the text, from its end, to read.", NumberRange.Above(0, 1), 1);

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly NumberOption<int> Length = NumberOptions.Whole(
        "--length", "Number of tokens that the page shows. Correlations are over all tokens that are read.", 1, 20_000, DefaultLength);

    private static readonly NumberOption<int> Cells = NumberOptions.Whole(
        "--cells", "Number of cells to list for each feature.", 1, 100, DefaultCells);

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The page to write, a self-contained HTML file. Default: inspect.html beside the model file. - is standard output.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new(
            "inspect",
            "Show what the cells of a model do while it reads a text: a page with the activations of each cell, the cells that correlate " +
            "most with features such as the position in the line or quotation marks, and the saturation of the gates.") { Model, Text };
        OptionGroup.Attach(command, new("Text", Tail, Encoding), new("Output", Length, Cells, Output));
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new("aphorist inspect runs/fables fables", "Read the training text and write runs/fables/inspect.html."),
            new(
                "aphorist inspect runs/fables fables --tail 0.05 --output held-out.html",
                "Read only the last 5 %, which is the validation set of --validation 0.05."),
            new("aphorist inspect model.safetensors other.txt --json", "Print the cells and their correlations as one JSON object."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        string name = call.GetRequiredValue(Model);
        string[] sources = call.GetRequiredValue(Text);
        int length = Length.GetValue(call) ?? DefaultLength;
        string path = ModelPath.Of(name);
        OutputPath target = OutputPath.Of(
            call.GetValue(Output) ?? Path.Combine(Path.GetDirectoryName(path) ?? "", DefaultName),
            OutputContent.Text,
            output,
            new("the model", path),
            new("the text", sources));
        LanguageModel model = await ModelPath.LoadAsync(path, cancellationToken);
        CheckSize(model.Spec, length);
        CorpusOptions options = new() { Encoding = call.GetValue(Encoding), Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(sources, options, output, cancellationToken);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        using OutputFile page = target.Open(cancellationToken);
        CellInspection cells = await ReadAsync(model, corpus, Tail.GetValue(call) ?? 1, length, output, cancellationToken);
        InspectedText inspected = new(name, model, corpus.Name, cells, Cells.GetValue(call) ?? DefaultCells);
        page.Write(InspectionPage.Create(inspected));
        page.Commit();
        if (output.Json) output.Result.Announce(InspectionReport.Json(inspected, target.Path));
        else InspectionReport.Write(target.Report, inspected, target.Name);
        return ExitCode.Done;
    }

    private static async Task<CellInspection> ReadAsync(
        LanguageModel model, Corpus corpus, double tail, int length, CommandOutput output, CancellationToken cancellationToken)
    {
        await using CorpusProgressReport report = new(output);
        InspectionOptions options = new()
        {
            // The same split as that of a validation set.
            Start = (long)(corpus.CountTokens(model.Tokenizer, cancellationToken) * (1 - tail)),
            Length = length,
        };
        return await Task.Run(
            () => CellInspection.Create(model, corpus, options, report, cancellationToken), cancellationToken);
    }

    private static void CheckSize(ModelSpec spec, int length)
    {
        long cells = (long)spec.Layers * spec.HiddenSize;
        if (length <= MaximumValues / cells) return;
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"A page with {length:N0} tokens and {cells:N0} cells is too large for a browser. " +
            $"Use --length {MaximumValues / cells} or less."));
    }
}
