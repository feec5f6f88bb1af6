using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Import;

/// <summary>`aphorist import`: a model of Keras or PyTorch becomes one of ours.</summary>
internal static class ImportCommand
{
    private static readonly Argument<string> Source = WordArgument.One("FILE", "A model that Keras saved, .h5 or .keras, or the state dict of one of PyTorch as .safetensors. What is in the file decides, not its name.");

    private static readonly Option<string[]> Corpus = new("--corpus")
    {
        Description = "The text that the model was trained on, whose characters, sorted, are its vocabulary: a name that `aphorist corpora` lists, files, a folder, a pattern, or - for standard input.",
        HelpName = "text",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<string?> Characters = new("--characters") { Description = "Instead of a corpus: a text file of the model's characters, each once, in the order of their numbers.", HelpName = "file" };

    private static readonly Option<string?> Map = new("--vocabulary") { Description = "Instead of a corpus: a JSON file of characters and their numbers, {\"a\": 0} or {\"0\": \"a\"}.", HelpName = "file" };

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly ChoiceOption<bool> Lowercase = ChoiceOptions.TrueOrFalse("--lowercase", "Whether the model's text was lower-cased, and so prompts are. false by default.");

    private static readonly NumberOption<int> Hidden = NumberOptions.Whole("--hidden", "The units of each layer, to be sure of the file: the import fails if it has others.", 1, 65_536);

    private static readonly NumberOption<int> Layers = NumberOptions.Whole("--layers", "The recurrent layers, to be sure of the file: the import fails if it has others.", 1, 4);

    private static readonly NumberOption<int> Window = NumberOptions.Whole(
        "--window", "Tokens that the model is meant to see before the one it predicts, where its file does not say it: in PyTorch, and of weights alone in Keras. 60 by default.", 1, 100_000);

    private static readonly ChoiceOption<GateActivation> Gates = new(
        "--gates", "The activation of the gates (recurrent_activation), which a file of weights alone, of Keras's save_weights, does not say. Keras has sigmoid by default since 2.3, hard-sigmoid before.",
        ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid));

    private static readonly Option<string?> Output = new("--output", "-o") { Description = "The model file to write.", HelpName = "file" };

    public static Command Create()
    {
        Command command = new("import", "Makes a model file of a model that Keras or PyTorch trained. Its characters, which these do not save, are found in its text or given.")
        {
            Source, Corpus, Characters, Map, Encoding, Lowercase, Hidden, Layers, Window, Gates, Output,
        };
        command.SetAction((call, cancellationToken) => ImportCall.RunAsync(RequestOf(call), CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist import model.h5 --corpus text.txt --lowercase true --output model.safetensors", "Imports a model whose characters are those of its text, lower-cased."),
            new("aphorist import model.keras --vocabulary char_indices.json --output model.safetensors", "Takes the characters from what the program in Python saved."),
            new("aphorist import weights.safetensors --characters characters.txt --window 100 --output model.safetensors", "Imports an nn.LSTM or nn.GRU whose state dict was saved with safetensors."));
        return command;
    }

    private static ImportRequest RequestOf(ParseResult call)
    {
        string[] corpus = call.GetValue(Corpus) ?? [];
        string? characters = call.GetValue(Characters), map = call.GetValue(Map);
        int vocabularies = (corpus.Length > 0 ? 1 : 0) + (characters is null ? 0 : 1) + (map is null ? 0 : 1);
        if (vocabularies != 1)
            throw new UsageException($"The characters of the model must come from {(vocabularies == 0 ? "somewhere" : "one place")}: give one of {Corpus.Name}, {Characters.Name} and {Map.Name}.");
        string output = call.GetValue(Output) ?? throw new UsageException($"Say where the model goes: {Output.Name} model.safetensors.");
        return new()
        {
            Source = call.GetRequiredValue(Source),
            Corpus = corpus,
            Characters = characters,
            Map = map,
            Reading = new() { Encoding = call.GetValue(Encoding), Lowercase = Lowercase.GetValue(call) ?? false },
            Hidden = Hidden.GetValue(call),
            Layers = Layers.GetValue(call),
            Window = Window.GetValue(call),
            Gates = Gates.GetValue(call),
            Output = output,
        };
    }
}
