using System.CommandLine;
using System.Globalization;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Commands.Info;
using Aphorist.Cli.Terminal;
using Aphorist.Interop;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Import;

/// <summary>`aphorist import`: converts a model of Keras or PyTorch.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = WordArgument.One(
        "FILE", "A Keras model (.h5 or .keras), or a PyTorch state dict saved as safetensors. The content decides, not the file name.");

    private static readonly (string Word, CharacterOrder Order)[] Orders =
    [
        ("code-point", CharacterOrder.CodePoint), ("reversed", CharacterOrder.Reversed),
        ("first-occurrence", CharacterOrder.FirstOccurrence), ("frequency", CharacterOrder.Frequency),
    ];

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        Description =
            "The text that the model was trained on; its characters are the vocabulary: a name that `aphorist corpora` lists, files, a " +
            "folder, a pattern, or - for standard input. With --characters or --vocabulary, it is only the text to check these with.",
        HelpName = "text",
        AllowMultipleArgumentsPerToken = true,
        CompletionSources = { WordArgument.CatalogNames },
    };

    private static readonly Option<string?> Characters = new("--characters")
    {
        Description =
            "A text file with the characters of the vocabulary, each once, in the order of their ids. It is read exactly: carriage " +
            "returns and a byte order mark are characters, too.",
        HelpName = "file",
    };

    private static readonly Option<string?> Map = new("--vocabulary")
    {
        Description =
            "A JSON file of characters and ids: {\"a\": 0}, {\"0\": \"a\"}, [\"a\"], or a document that contains one of these, such as " +
            "a Keras Tokenizer.",
        HelpName = "file",
    };

    private static readonly ChoiceOption<CharacterOrder> Order = new(
        "--order",
        "The order of the ids of the corpus's characters: by code point, as sorted(set(text)) in Python, reversed, by first occurrence, " +
        "or by frequency. Default: code-point, or another one if only that one fits the text, with a note.",
        [.. Orders]);

    private static readonly ChoiceOption<bool> Checked = ChoiceOptions.TrueOrFalse(
        "--check", "Predict a sample of the corpus, and refuse a vocabulary that does not fit.", true);

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly ChoiceOption<bool> Lowercase = ChoiceOptions.TrueOrFalse(
        "--lowercase", "Whether the model was trained on lower-cased text. Prompts are then lower-cased too.", false);

    private static readonly NumberOption<int> Hidden = NumberOptions.Whole(
        "--hidden", "The expected hidden size. The import fails if the file has another one.", 1, 65_536);

    private static readonly NumberOption<int> Layers = NumberOptions.Whole(
        "--layers", "The expected number of recurrent layers. The import fails if the file has another one.", 1, 4);

    private static readonly NumberOption<int> Window = NumberOptions.Whole(
        "--window",
        "Number of tokens that the model sees before the one it predicts. Needed if the file does not contain it: for PyTorch, and for " +
        "weights-only files of Keras.",
        1, 100_000, ModelSpec.Notebook.Window);

    private static readonly ChoiceOption<GateActivation> Gates = new(
        "--gates",
        "The activation of the gates (recurrent_activation), needed for weights-only files of Keras. Keras's default is sigmoid since " +
        "2.3 and hard-sigmoid before.",
        ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid));

    private static readonly ChoiceOption<Activation> Activations = new(
        "--activation",
        "The activation of an nn.RNN or of SimpleRNN layers. Needed for weights-only files of Keras; tanh by default for PyTorch, whose " +
        "files do not contain it.",
        ("tanh", Activation.Tanh), ("relu", Activation.Relu));

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The model file to write. Required.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new(
            "import",
            "Import a model from Keras or PyTorch. These do not save the characters of the vocabulary, so give a corpus or a list.")
        {
            Source,
        };
        OptionGroup.Attach(
            command,
            new("Vocabulary", Corpus, Order, Characters, Map, Encoding, Lowercase, Checked),
            new("Model", Hidden, Layers, Window, Gates, Activations),
            new("Output", Output));
        command.SetAction(RunAsync);
        Example.Attach(
            command,
            new(
                "aphorist import model.h5 --corpus text.txt --lowercase --output model.safetensors",
                "Import a model whose vocabulary is the characters of a lower-cased text."),
            new(
                "aphorist import model.keras --vocabulary char_indices.json --output model.safetensors",
                "Use a vocabulary that the Python program saved."),
            new(
                "aphorist import weights.safetensors --characters characters.txt --window 100 --output model.safetensors",
                "Import the state dict of an nn.LSTM, nn.GRU or nn.RNN."));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult call, CancellationToken cancellationToken)
    {
        CommandOutput output = CommandOutput.Of(call);
        VocabularySource vocabulary = new(
            call.GetValue(Corpus) ?? [],
            call.GetValue(Characters),
            call.GetValue(Map),
            new() { Encoding = call.GetValue(Encoding), Lowercase = Lowercase.GetValue(call) ?? false },
            output);
        CheckCall(call, vocabulary);
        string file = call.GetValue(Output) ?? throw new UsageException($"Name the model file to write: {Output.Name} model.safetensors.");
        string source = call.GetRequiredValue(Source);
        OutputPath target = OutputPath.Of(
            file,
            OutputContent.Binary,
            output,
            new("the model to import", source),
            new("the text", call.GetValue(Corpus) ?? []),
            new("the vocabulary", [.. ((string?[])[call.GetValue(Characters), call.GetValue(Map)]).OfType<string>()]));
        int window = Window.GetValue(call) ?? ModelSpec.Notebook.Window;
        ImportedModel imported = await Task.Run(
            () => ModelImport.Read(source, window, Gates.GetValue(call), Activations.GetValue(call)), cancellationToken)
            .WaitAsync(cancellationToken);
        CheckShape(call, source, imported.Spec);
        if (imported is PyTorchModel { Spec.Architecture: Architecture.Rnn } && Activations.GetValue(call) is null)
        {
            output.Notes.WriteLine(
                $"The file does not contain the activation of its nn.RNN, so tanh is used. For relu, add {Activations.Name} relu.");
        }

        ImportTrial trial = new(imported, vocabulary, Order.GetValue(call), output);
        (ImportedVocabulary known, ImportCheck? check) = await trial.RunAsync(Checked.GetValue(call) ?? true, cancellationToken);
        LanguageModel model = imported.ToLanguageModel(known);
        model.TrainedMode = check?.BestMode ?? model.TrainedMode;
        target.Write(stream => model.Save(stream), cancellationToken);
        target.Report.WriteLine(output.Json ? Json(model, file, known, check) : Summary(model, target.Name, check));
        return ExitCode.Done;
    }

    /// <summary>The word for an order.</summary>
    public static string NameOf(CharacterOrder order) => Orders.First(known => known.Order == order).Word;

    private static void CheckCall(ParseResult call, VocabularySource vocabulary)
    {
        if (vocabulary.IsEmpty)
            throw new UsageException(
                $"Give the vocabulary of the model: one of {Corpus.Name}, {Characters.Name} and {Map.Name}.");
        if (call.GetValue(Characters) is not null && call.GetValue(Map) is not null)
            throw new UsageException($"Give a single vocabulary: one of {Characters.Name} and {Map.Name}.");
        if (Order.GetValue(call) is not null && !vocabulary.IsCorpus)
            throw new UsageException($"{Order.Name} is the order of the characters of {Corpus.Name}: remove it, or the other vocabulary.");
    }

    /// <summary>Compares the shape that the call expects with the one of the file.</summary>
    private static void CheckShape(ParseResult call, string source, ModelSpec spec)
    {
        Check(Hidden, spec.HiddenSize, $"a hidden size of {spec.HiddenSize}");
        Check(Layers, spec.Layers, Plural.Of(spec.Layers, "layer"));
        Check(Window, spec.Window, $"a window of {Plural.Of(spec.Window, "token")}");
        bool isRnn = spec.Architecture == Architecture.Rnn;
        if (Activations.GetValue(call) is Activation activation && (!isRnn || activation != spec.Activation))
        {
            throw Mismatch(
                Activations,
                ModelDescription.NameOf(activation),
                isRnn ? $"the activation {ModelDescription.NameOf(spec.Activation)}" : "no RNN layers");
        }

        if (Gates.GetValue(call) is GateActivation unused && isRnn)
            throw Mismatch(Gates, ModelDescription.GatesOf(spec with { Gates = unused }), "RNN layers, which have no gates");
        if (Gates.GetValue(call) is GateActivation gates && gates != spec.Gates)
            throw Mismatch(Gates, ModelDescription.GatesOf(spec with { Gates = gates }), $"{ModelDescription.GatesOf(spec)} gates");

        void Check(NumberOption<int> option, int found, string description)
        {
            if (option.GetValue(call) is int expected && expected != found) throw Mismatch(option, $"{expected}", description);
        }

        InvalidDataException Mismatch(Option option, string expected, string found) =>
            new($"The model of '{source}' has {found}, but {option.Name} is {expected}. Remove {option.Name}, or check the file.");
    }

    private static string Summary(LanguageModel model, string file, ImportCheck? check)
    {
        string windows = $"windows of {Plural.Of(model.Spec.Window, "character")}";
        string mode = check is { WindowLoss: > 0 }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $" Its loss on the corpus is {check.WindowLoss:F2} nats per character in {windows} and {check.StatefulLoss:F2} with a " +
                $"carried state. Its default is {(model.TrainedMode == GenerationMode.Window ? "window" : "stateful")} mode.")
            : model.TrainedMode == GenerationMode.Window ? $" It was trained on {windows}, so window mode is its default."
            : "";
        ModelOrigin origin = model.Origin!;
        string program = origin.Version is null ? origin.Program : $"{origin.Program} {origin.Version}";
        string optimizer = model.OptimizerState is null
            ? ""
            : $" The {origin.Optimizer} optimizer state was imported too: continue with 'aphorist train TEXT --from {file}'.";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Imported {model.Parameters.Count:N0} parameters from {program} with {model.Tokenizer.VocabularySize} characters " +
            $"to {file}.{mode}{optimizer}");
    }

    private static string Json(LanguageModel model, string file, ImportedVocabulary vocabulary, ImportCheck? check) => JsonLine.Of(json =>
    {
        json.WriteString("file", file);
        json.WriteString("program", model.Origin!.Program);
        json.WriteString("version", model.Origin.Version);
        json.WriteNumber("parameters", model.Parameters.Count);
        json.WriteNumber("vocabularySize", model.Tokenizer.VocabularySize);
        json.WriteNumber("window", model.Spec.Window);
        json.WriteString("optimizer", model.Origin.Optimizer);
        json.WriteBoolean("optimizerState", model.OptimizerState is not null);
        json.WriteString("mode", model.TrainedMode == GenerationMode.Window ? "window" : "stateful");
        json.WriteStartArray("leftOut");
        foreach (string entry in vocabulary.LeftOut) json.WriteStringValue(entry);
        json.WriteEndArray();
        if (check is not { Count: > 0 })
        {
            json.WriteNull("check");
            return;
        }

        json.WriteStartObject("check");
        json.WriteNumber("count", check.Count);
        json.WriteNumber("nats", check.Loss);
        json.WriteNumber("unigramNats", check.UnigramLoss);
        json.WriteString("undecided", string.Concat(check.Undecided));
        json.WriteFinite("windowNats", check.WindowLoss > 0 ? check.WindowLoss : null);
        json.WriteFinite("statefulNats", check.StatefulLoss > 0 ? check.StatefulLoss : null);
        json.WriteEndObject();
    });
}
