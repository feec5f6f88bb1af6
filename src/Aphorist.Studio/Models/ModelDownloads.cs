using Aphorist.Interop;
using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aphorist.Studio.Models;

/// <summary>
/// The files of a model: <c>/files/models/NAME/html</c>, for example. A file is written to a temporary one first, so that a failure is a
/// sentence and not half a file.
/// </summary>
internal static class ModelDownloads
{
    private const int MaxTitleLength = 100, MaxPromptLength = 300;

    /// <summary>The address of a file of a model.</summary>
    /// <param name="name">The name of the model.</param>
    /// <param name="kind">The kind of file, one of those below.</param>
    public static string AddressOf(string name, string kind) => $"/files/models/{Uri.EscapeDataString(name)}/{kind}";

    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(
        "/files/models/{name}/{kind}",
        (string name, string kind, string? title, string? prompt, HttpContext context, ModelLibrary library, Workspace workspace,
            ModelStore store) => SendAsync(name, kind, title, prompt, context, library, workspace, store));

    private static async Task<IResult> SendAsync(
        string name, string kind, string? title, string? prompt, HttpContext context, ModelLibrary library, Workspace workspace,
        ModelStore store)
    {
        Language language = LanguageChoice.Of(context.Request);
        CancellationToken cancelled = context.RequestAborted;
        if (library.Find(name) is not { } model)
        {
            return Refuse(StatusCodes.Status404NotFound, language == Language.Chinese
                ? "没有这个模型，它可能已被重命名或删除。"
                : "There is no such model. It may have been renamed or deleted.");
        }

        HtmlModelOptions page = new()
        {
            Title = string.IsNullOrWhiteSpace(title) ? model.Name : title[..Math.Min(title.Length, MaxTitleLength)],
            Prompt = prompt is null ? "" : prompt[..Math.Min(prompt.Length, MaxPromptLength)],
        };
        (string Extension, Action<LanguageModel, Stream> Write)? file = kind switch
        {
            "safetensors" => (".safetensors", (_, _) => { }),
            "html" => (".html", (loaded, stream) => HtmlModel.Write(loaded, stream, page)),
            "onnx" => (".onnx", (loaded, stream) => OnnxModel.Write(loaded, stream)),
            "onnx-positions" => (".positions.onnx", (loaded, stream) => OnnxModel.Write(loaded, stream, OnnxGraphKind.Positions)),
            "onnx-step" => (".step.onnx", (loaded, stream) => OnnxModel.Write(loaded, stream, OnnxGraphKind.Step)),
            "keras2" => (".h5", (loaded, stream) => KerasWeightsFile.Write(loaded, stream, KerasFileKind.Keras2)),
            "keras3" => (".keras", (loaded, stream) => KerasWeightsFile.Write(loaded, stream, KerasFileKind.Keras3)),
            "vocabulary" => (".vocabulary.json", WriteVocabulary),
            _ => null,
        };
        if (file is not var (extension, write))
            return Refuse(StatusCodes.Status404NotFound, language == Language.Chinese ? "没有这种文件。" : "There is no such file.");
        if (model.About is { } about && ModelWords.Obstacle(kind, about, language) is { } obstacle)
            return Refuse(StatusCodes.Status422UnprocessableEntity, obstacle);
        try
        {
            Stream content = kind == "safetensors"
                ? new FileStream(model.Entry.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
                : await WriteAsync(name, write, workspace, store, cancelled);
            return Results.File(content, "application/octet-stream", model.Name + extension);
        }
        catch (Exception exception) when (
            exception is AphoristException or ArgumentException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return Refuse(StatusCodes.Status422UnprocessableEntity, Sentence.Of(exception, language));
        }
    }

    private static async Task<Stream> WriteAsync(
        string name, Action<LanguageModel, Stream> write, Workspace workspace, ModelStore store, CancellationToken cancellationToken)
    {
        FileStream file = workspace.CreateTemporary();
        try
        {
            using ModelLease lease = await store.OpenAsync(name, cancellationToken);
            await Task.Run(() => write(lease.Model, file), cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private static void WriteVocabulary(LanguageModel model, Stream stream) =>
        stream.Write(System.Text.Encoding.UTF8.GetBytes(KerasWeightsFile.VocabularyOf(model)!));

    private static IResult Refuse(int status, string sentence) => Results.Text(sentence, "text/plain; charset=utf-8", statusCode: status);
}
