using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Corpora;
using Aphorist.Cli.Training;

namespace Aphorist.Cli;

/// <summary>`aphorist train`: makes a model of a text.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string[]> Corpus = WordArgument.Several(
        "CORPUS",
        "The text to learn: a name that `aphorist corpora` lists, files, a folder, a pattern such as \"texts/*.txt\", or - for standard "
        + "input. The built-in aphorisms by default.");

    private static readonly Option<string?> Preset = PresetOption();

    private static readonly Option<string?> From = new("--from")
    {
        Description = "Go on from this model, or the best model of this run's folder, with another text: known tokens keep their weights, new ones are added.",
        HelpName = "model",
    };

    private static readonly Option<string?> Run = new("--run")
    {
        Description = "The folder for models, checkpoint, metrics, pictures of the losses and samples. runs/ and the corpus's name by default.",
        HelpName = "folder",
    };

    private static readonly Option<string?> Resume = new("--resume")
    {
        Description = "Go on with the interrupted run in this folder, with its own options.",
        HelpName = "folder",
    };

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly ChoiceOption<bool> Lowercase = ChoiceOptions.TrueOrFalse(
        "--lowercase", "Whether the text is lower-cased first. true in the notebook preset.");

    private static readonly ChoiceOption<bool> Samples = ChoiceOptions.TrueOrFalse(
        "--samples", "Whether to write with the model after each epoch, at four temperatures. true by default.");

    public static Command Create()
    {
        Command command = new("train", "Trains a model on a text.") { Corpus, Preset };
        foreach (Option option in LearningOptions.All.Concat(ShapeOptions.All).Concat(TokenOptions.All)) command.Add(option);
        foreach (Option option in (Option[])[From, Encoding, Lowercase, Run, Resume, Samples]) command.Add(option);
        command.SetAction((call, cancellationToken) => TrainingCall.RunAsync(RequestOf(call), CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist train", "Trains the notebook's model on the built-in aphorisms, into runs/aphorisms."),
            new("aphorist train nietzsche --epochs 20", "Downloads the notebook's own text and trains twenty epochs."),
            new("aphorist train mine.txt --encoding windows-1252 --lowercase false --run runs/mine", "Trains on a file in an older encoding, keeping capitals."),
            new("aphorist train nietzsche --objective stream --tokenizer words", "Learns words instead of characters."),
            new("aphorist train nietzsche --validation 0.05 --json > metrics.jsonl", "Holds out the last 5 % and writes the metrics as JSON lines."),
            new("aphorist train --resume runs/nietzsche", "Goes on with a run that was interrupted."));
        return command;
    }

    private static TrainingRequest RequestOf(ParseResult call) => new()
    {
        Corpus = call.GetValue(Corpus) ?? [],
        Preset = call.GetValue(Preset),
        From = call.GetValue(From),
        Run = call.GetValue(Run),
        Resume = call.GetValue(Resume),
        Encoding = call.GetValue(Encoding),
        Lowercase = Lowercase.In(call),
        Samples = Samples.In(call) ?? true,
        ChangeTokenizer = options => TokenOptions.Change(options, call),
        Change = spec => ShapeOptions.Change(spec, call),
        ChangeTraining = options => LearningOptions.Change(options, call),
    };

    private static Option<string?> PresetOption()
    {
        Option<string?> option = new("--preset")
        {
            Description = "A named combination of model and options, which the other options change. notebook by default.",
            HelpName = "name",
        };
        option.CompletionSources.Add(_ => Aphorist.Training.Preset.All.Select(preset => preset.Name));
        return option;
    }
}
