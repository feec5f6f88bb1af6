using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Cli.Training;
using Aphorist.Model;

namespace Aphorist.Cli;

/// <summary>`aphorist train`: makes a model of a text.</summary>
internal static class TrainCommand
{
    private static readonly Argument<string[]> Corpus = WordArgument.Several(
        "CORPUS",
        "The text to learn: a name that `aphorist corpora` lists, files, a folder, a pattern such as \"texts/*.txt\", or - for standard "
        + "input. The built-in aphorisms by default.");

    private static readonly Option<string?> Preset = PresetOption();

    private static readonly NumberOption<int> Epochs = NumberOptions.Whole("--epochs", "Passes over the text. 59 in the notebook preset.", 1);

    private static readonly NumberOption<ulong> Seed = NumberOptions.Seed("--seed", "The seed of everything random. 0 by default; the same seed makes the same model.");

    private static readonly NumberOption<int> Threads = NumberOptions.Whole(
        "--threads", "Threads that train. One for each processor by default; the model does not depend on it.", 1, 1024);

    private static readonly Option<string?> Run = new("--run")
    {
        Description = "The folder for models, checkpoint, metrics and samples. runs/ and the corpus's name by default.",
        HelpName = "folder",
    };

    private static readonly Option<string?> Resume = new("--resume")
    {
        Description = "Go on with the interrupted run in this folder, with its own options.",
        HelpName = "folder",
    };

    private static readonly Option<string?> Encoding = new("--encoding")
    {
        Description = "The text's encoding, such as windows-1252 or gb18030. UTF-8 by default, or what the byte order mark says.",
        HelpName = "name",
    };

    private static readonly ChoiceOption<bool> Lowercase = TrueOrFalse(
        "--lowercase", "Whether the text is lower-cased first. true in the notebook preset.");

    private static readonly NumberOption<double> Validation = NumberOptions.Real(
        "--validation", "share", "Share of the windows, from the end of the text, that is held out to measure on. 0 by default.",
        value => value >= 0 && value < 1, "a share from 0 to below 1");

    private static readonly NumberOption<int> Window = NumberOptions.Whole(
        "--window", "Characters the model sees before the one it predicts. 60 in the notebook preset.", 1, 100_000);

    private static readonly NumberOption<int> Step = NumberOptions.Whole(
        "--step", "Characters between the starts of two windows. 3 in the notebook preset.", 1);

    private static readonly ChoiceOption<GateActivation> Gates = new(
        "--gates", "The LSTM gates' activation. hard-sigmoid in the notebook preset.",
        ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid));

    private static readonly NumberOption<double> LearningRate = NumberOptions.Real(
        "--learning-rate", "rate", "The optimizer's step size. 0.01 in the notebook preset.", value => value > 0, "a number above 0");

    private static readonly NumberOption<int> Batch = NumberOptions.Whole("--batch", "Windows per training step. 128 in the notebook preset.", 1, 1_000_000);

    private static readonly ChoiceOption<bool> DivergenceGuard = TrueOrFalse(
        "--divergence-guard", "Whether to return to the last good weights, with a smaller learning rate, when the loss explodes. true by default.");

    private static readonly NumberOption<double> CheckpointInterval = NumberOptions.Real(
        "--checkpoint-interval", "seconds", "Seconds between two checkpoints within an epoch; one is written after every epoch in any case. 60 by default.",
        value => value > 0 && value <= 1e6, "a number of seconds above 0");

    private static readonly ChoiceOption<bool> Samples = TrueOrFalse(
        "--samples", "Whether to write with the model after each epoch, at four temperatures. true by default.");

    public static Command Create()
    {
        Command command = new("train", "Trains a model on a text.")
        {
            Corpus, Preset, Epochs, Seed, Threads, Run, Resume, Encoding, Lowercase, Validation, Window, Step, Gates,
            LearningRate, Batch, DivergenceGuard, CheckpointInterval, Samples,
        };
        command.SetAction((call, cancellationToken) => TrainingCall.RunAsync(RequestOf(call), CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist train", "Trains the notebook's model on the built-in aphorisms, into runs/aphorisms."),
            new("aphorist train nietzsche --epochs 20", "Downloads the notebook's own text and trains twenty epochs."),
            new("aphorist train mine.txt --encoding windows-1252 --lowercase false --run runs/mine", "Trains on a file in an older encoding, keeping capitals."),
            new("aphorist train nietzsche --validation 0.05 --json > metrics.jsonl", "Holds out the last 5 % and writes the metrics as JSON lines."),
            new("aphorist train --resume runs/nietzsche", "Goes on with a run that was interrupted."));
        return command;
    }

    private static TrainingRequest RequestOf(ParseResult call) => new()
    {
        Corpus = call.GetValue(Corpus) ?? [],
        Preset = call.GetValue(Preset),
        Epochs = Epochs.In(call),
        Seed = Seed.In(call),
        Threads = Threads.In(call),
        Run = call.GetValue(Run),
        Resume = call.GetValue(Resume),
        Encoding = call.GetValue(Encoding),
        Lowercase = Lowercase.In(call),
        Validation = Validation.In(call),
        Window = Window.In(call),
        Step = Step.In(call),
        Gates = Gates.In(call),
        LearningRate = LearningRate.In(call),
        Batch = Batch.In(call),
        DivergenceGuard = DivergenceGuard.In(call),
        CheckpointInterval = CheckpointInterval.In(call),
        Samples = Samples.In(call) ?? true,
    };

    private static ChoiceOption<bool> TrueOrFalse(string name, string description) => new(name, description, ("true", true), ("false", false));

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
