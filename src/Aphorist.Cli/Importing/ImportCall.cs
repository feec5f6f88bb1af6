using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop.Keras;
using Aphorist.Model;
using Aphorist.Storage;

namespace Aphorist.Cli.Importing;

/// <summary>Carries out a call of `aphorist import`.</summary>
internal static class ImportCall
{
    public static async Task<int> RunAsync(ImportRequest request, CommandOutput output, CancellationToken cancellationToken)
    {
        KerasModel source = KerasModel.Read(request.Source);
        KerasVocabulary vocabulary = await ImportedVocabulary.OpenAsync(request, source.VocabularySize, output, cancellationToken);
        LanguageModel model = source.ToLanguageModel(vocabulary);
        model.Save(request.Output);
        if (output.Json) output.Result.Announce(Json(request, source, model));
        else output.Result.Announce(Sentence(request, source, model));
        return ExitCode.Done;
    }

    private static string Sentence(ImportRequest request, KerasModel source, LanguageModel model) => string.Create(
        CultureInfo.InvariantCulture,
        $"Imported {model.Parameters.Count:N0} parameters of {VersionOf(source)} with {model.Tokenizer.Count} characters into {request.Output}.{OptimizerOf(request, model)}");

    private static string OptimizerOf(ImportRequest request, LanguageModel model) =>
        model.OptimizerState is null ? "" : $" What {model.Origin!.Optimizer} had accumulated came along: go on with 'aphorist train TEXT --from {request.Output}'.";

    private static string VersionOf(KerasModel source) => source.KerasVersion is null ? "Keras" : $"Keras {source.KerasVersion}";

    private static string Json(ImportRequest request, KerasModel source, LanguageModel model) => JsonLine.Of(json =>
    {
        json.WriteString("file", request.Output);
        json.WriteString("kerasVersion", source.KerasVersion);
        json.WriteNumber("parameters", model.Parameters.Count);
        json.WriteNumber("vocabularySize", model.Tokenizer.Count);
        json.WriteNumber("window", model.Spec.Window);
        json.WriteString("optimizer", model.Origin!.Optimizer);
        json.WriteBoolean("optimizerState", model.OptimizerState is not null);
    });
}
