using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Import;

/// <summary>Carries out a call of `aphorist import`.</summary>
internal static class ImportCall
{
    public static async Task<int> RunAsync(ImportRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        ImportedModel source = ModelImport.Read(request.Source, request.Window ?? ModelSpec.Notebook.Window, request.Gates);
        RequestedShape.Check(request, source.Spec);
        ImportedVocabulary vocabulary = await VocabularySource.OpenAsync(request, source.VocabularySize, output, cancellationToken);
        LanguageModel model = source.ToLanguageModel(vocabulary);
        model.Save(request.Output);
        if (output.Json) output.Result.Announce(Json(request, model));
        else output.Result.Announce(Sentence(request, model));
        return ExitCode.Done;
    }

    private static string Sentence(ImportRequest request, LanguageModel model) => string.Create(
        CultureInfo.InvariantCulture,
        $"Imported {model.Parameters.Count:N0} parameters of {ProgramOf(model.Origin!)} with {model.Tokenizer.VocabularySize} characters into {request.Output}.{OptimizerOf(request, model)}");

    private static string OptimizerOf(ImportRequest request, LanguageModel model) =>
        model.OptimizerState is null ? "" : $" What {model.Origin!.Optimizer} had accumulated came along: go on with 'aphorist train TEXT --from {request.Output}'.";

    private static string ProgramOf(ModelOrigin origin) => origin.Version is null ? origin.Program : $"{origin.Program} {origin.Version}";

    private static string Json(ImportRequest request, LanguageModel model) => JsonLine.Of(json =>
    {
        json.WriteString("file", request.Output);
        json.WriteString("program", model.Origin!.Program);
        json.WriteString("version", model.Origin.Version);
        json.WriteNumber("parameters", model.Parameters.Count);
        json.WriteNumber("vocabularySize", model.Tokenizer.VocabularySize);
        json.WriteNumber("window", model.Spec.Window);
        json.WriteString("optimizer", model.Origin!.Optimizer);
        json.WriteBoolean("optimizerState", model.OptimizerState is not null);
    });
}
