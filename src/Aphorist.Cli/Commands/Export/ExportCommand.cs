using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;

namespace Aphorist.Cli.Commands.Export;

/// <summary>`aphorist export`: converts a model for other programs.</summary>
internal static class ExportCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or a run folder for its best model.");

    private static readonly ChoiceOption<Format> To = new(
        "--to",
        "The format: onnx, a graph for ONNX Runtime and others; keras, a file for Keras 2 (.h5) or, with --output model.keras, for Keras " +
        "3, and the vocabulary as a JSON file beside it; html, a page that generates text with the model in any browser, offline.",
        Format.Onnx, ("onnx", Format.Onnx), ("keras", Format.Keras), ("html", Format.Html));

    private static readonly ChoiceOption<OnnxGraphKind> Graph = new(
        "--graph",
        "What an ONNX graph computes: window, the probabilities of the next token after a text; positions, those after each token of a " +
        "text; step, the probabilities and states after one token, given the states before it, for token-by-token generation.",
        OnnxGraphKind.Window, ("window", OnnxGraphKind.Window), ("positions", OnnxGraphKind.Positions), ("step", OnnxGraphKind.Step));

    private static readonly Option<string?> Title = new("--title")
    {
        Description = "The title of an HTML page. Default: the name of the corpus.",
        HelpName = "text",
    };

    private static readonly Option<string?> Prompt = new("--prompt")
    {
        Description = $"The prompt that the HTML page starts with; readers can change it. {EscapedText.Help} Default: empty.",
        HelpName = "text",
    };

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description =
            "The file to write. Default: model.onnx, model.positions.onnx, model.step.onnx, model.h5 or model.html beside the model " +
            "file. - is standard output.",
        HelpName = "file",
    };

    private enum Format
    {
        Onnx,
        Keras,
        Html,
    }

    public static Command Create()
    {
        Command command = new("export", "Export a model to ONNX or Keras, or as an HTML page.") { Model };
        OptionGroup.Attach(command, new("Format", To, Graph), new("HTML page", Title, Prompt), new("Output", Output));
        command.SetAction((call, cancellationToken) => RunAsync(call, CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist export runs/nietzsche", "Write runs/nietzsche/model.onnx, which computes the probabilities of the next token."),
            new(
                "aphorist export model.safetensors --graph step --output step.onnx",
                "Write a graph that processes one token at a time and returns its states."),
            new(
                "aphorist export runs/nietzsche --to keras",
                "Write runs/nietzsche/model.h5 for Keras's load_model, and model.vocabulary.json."),
            new("aphorist export runs/nietzsche --to keras --output nietzsche.keras", "Write a file for Keras 3."),
            new(
                "aphorist export runs/nietzsche --to html --title Zarathustra",
                "Write runs/nietzsche/model.html, a page to open or send, which generates text with the model."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CommandOutput output, CancellationToken cancellationToken)
    {
        string path = ModelPath.Of(call.GetRequiredValue(Model));
        Format format = To.GetValue(call) ?? Format.Onnx;
        OnnxGraphKind graph = Graph.GetValue(call) ?? OnnxGraphKind.Window;
        if (format != Format.Onnx && call.GetResult(Graph) is not null)
            throw new UsageException("--graph is for ONNX: remove it, or use --to onnx.");
        foreach (Option option in (Option[])[Title, Prompt])
            if (format != Format.Html && call.GetResult(option) is not null)
                throw new UsageException($"{option.Name} is for an HTML page: remove it, or use --to html.");
        string file = call.GetValue(Output) ?? Path.ChangeExtension(path, DefaultExtension(format, graph));
        CommandInput source = new("the model", path);
        OutputPath target = OutputPath.Of(file, format == Format.Html ? OutputContent.Text : OutputContent.Binary, output, source);
        // Next to a device or a pipe there is no place for the vocabulary.
        OutputPath? list = format == Format.Keras && target.IsFile
            ? OutputPath.Of(KerasWeightsFile.VocabularyPath(file), OutputContent.Text, output, source)
            : null;
        LanguageModel model = await ModelPath.LoadAsync(path, cancellationToken);
        HtmlModelOptions page = new() { Title = call.GetValue(Title), Prompt = EscapedText.Read(call.GetValue(Prompt) ?? "") };
        long bytes = Write(model, target, list, format, graph, page, cancellationToken);
        // Keras 3 reads files of Keras 2, but has another hard sigmoid.
        bool isKeras2 = format == Format.Keras && KerasWeightsFile.KindOf(file) == KerasFileKind.Keras2;
        if (isKeras2 && model.Spec.Gates == GateActivation.HardSigmoid)
        {
            output.Notes.WriteLine(
                "This model has hard-sigmoid gates, for which Keras 3 uses another function. Use this file with Keras 2, or write one " +
                "for Keras 3 with --output model.keras.");
        }

        if (format == Format.Keras && list is null)
            output.Notes.WriteLine("Keras files have no vocabulary. To get it as a JSON file too, export to a file.");
        if (!target.IsStandardOutput) output.Result.Announce(output.Json ? Json(file, bytes, format, graph) : file);
        return ExitCode.Done;
    }

    /// <summary>Writes the model and, for Keras, its vocabulary, and returns the length of the model.</summary>
    private static long Write(
        LanguageModel model,
        OutputPath target,
        OutputPath? list,
        Format format,
        OnnxGraphKind graph,
        HtmlModelOptions page,
        CancellationToken cancellationToken)
    {
        long length = target.Write(
            stream =>
            {
                if (format == Format.Keras) KerasWeightsFile.Write(model, stream, KerasWeightsFile.KindOf(target.Path));
                else if (format == Format.Html) HtmlModel.Write(model, stream, page);
                else OnnxModel.Write(model, stream, graph);
            },
            cancellationToken);
        if (list is null || KerasWeightsFile.VocabularyOf(model) is not string vocabulary) return length;
        using OutputFile file = list.Open(cancellationToken);
        file.Write(vocabulary);
        file.Commit();
        return length;
    }

    private static string DefaultExtension(Format format, OnnxGraphKind graph) => (format, graph) switch
    {
        (Format.Keras, _) => ".h5",
        (Format.Html, _) => ".html",
        (_, OnnxGraphKind.Positions) => ".positions.onnx",
        (_, OnnxGraphKind.Step) => ".step.onnx",
        _ => ".onnx",
    };

    private static string Json(string file, long bytes, Format format, OnnxGraphKind graph) => JsonLine.Of(json =>
    {
        json.WriteString("file", file);
        json.WriteString("format", format.ToString().ToLowerInvariant());
        if (format == Format.Onnx) json.WriteString("graph", graph.ToString().ToLowerInvariant());
        json.WriteNumber("bytes", bytes);
    });
}
