using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Train;
using Aphorist.Cli.Terminal;
using Aphorist.Inspection;
using Aphorist.Training;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>Carries out a call of `aphorist inspect`.</summary>
internal static class InspectCall
{
    private const string UsualName = "inspect.html";

    // Of values in the page: what a browser still opens.
    private const long MostValues = 100_000_000;

    public static async Task<int> RunAsync(InspectRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        string path = ModelPath.Of(request.Model);
        LanguageModel model = LanguageModel.Load(path);
        EnsureOpens(model.Spec, request.Length);
        CorpusOptions reading = new() { Encoding = request.Encoding, Lowercase = model.Tokenizer.Normalization.Lowercase };
        Corpus corpus = await CorpusOpening.OpenAsync(request.Sources, reading, output, cancellationToken);
        await CorpusOpening.EncodeAsync(corpus, model.Tokenizer, output, cancellationToken);
        // Opened first: whoever cannot write there should not wait for a long text to be read.
        using AtomicFile page = new(request.Output ?? Path.Combine(Path.GetDirectoryName(path) ?? "", UsualName));
        CellInspection cells = await ReadAsync(model, corpus, request, output, cancellationToken);
        InspectedText inspected = new(request.Model, model, corpus.Name, cells, request.Best);
        page.Write(InspectionPage.Of(inspected));
        page.Commit();
        if (output.Json) output.Result.Announce(InspectionJson.Of(inspected, page.Path));
        else InspectionReport.Write(output.Result, inspected, page.Path);
        return ExitCode.Done;
    }

    private static async Task<CellInspection> ReadAsync(LanguageModel model, Corpus corpus, InspectRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        await using PreparationReport report = new(output, "reading", " tokens");
        InspectionOptions options = new()
        {
            Start = (long)(corpus.CountTokens(model.Tokenizer, cancellationToken) * (1 - request.TailShare)),
            Length = request.Length,
        };
        return await Task.Run(() => CellInspection.Create(model, corpus, options, report, cancellationToken), cancellationToken);
    }

    private static void EnsureOpens(ModelSpec spec, int length)
    {
        long cells = (long)spec.Layers * spec.HiddenSize;
        if (length <= MostValues / cells) return;
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"A page of {length:N0} tokens with {cells:N0} cells is more than a browser opens: take --length {MostValues / cells} or less."));
    }
}
