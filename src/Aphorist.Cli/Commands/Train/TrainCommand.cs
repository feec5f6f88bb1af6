using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Train;

/// <summary>`aphorist train`: makes a model of a text.</summary>
internal static class TrainCommand
{
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

    private static readonly ChoiceOption<bool> Samples = ChoiceOptions.TrueOrFalse(
        "--samples", "Whether to write with the model after each epoch, at four temperatures. true by default.");

    public static Command Create()
    {
        Command command = new("train", "Trains a model on a text.") { TrainingArguments.Corpus };
        foreach (Option option in (Option[])[.. TrainingArguments.Options, Run, Resume, Samples]) command.Add(option);
        command.SetAction((call, cancellationToken) => TrainingCall.RunAsync(RequestOf(call), CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist train", "Trains the notebook's model on the built-in aphorisms, into runs/aphorisms."),
            new("aphorist train nietzsche --epochs 20", "Downloads the notebook's own text and trains twenty epochs."),
            new("aphorist train mine.txt --encoding windows-1252 --lowercase false --run runs/mine", "Trains on a file in an older encoding, keeping capitals."),
            new("aphorist train nietzsche --objective stream --tokenizer words", "Learns words instead of characters."),
            new("aphorist train nietzsche --validation 0.05 --json > metrics.jsonl", "Holds out the last 5 % and writes the metrics as JSON lines."),
            new("aphorist train train.txt --validation-text held-out.txt", "Measures on another text after each epoch."),
            new(
                "aphorist train nietzsche --preset quick --layers 2 --residual true --average 0.999",
                "Makes the quick model of two layers with a path past the upper one, and averages its weights."),
            new("aphorist train nietzsche --preset quick --architecture convolution", "Learns with convolutions instead of an LSTM."),
            new("aphorist train mine.txt --from runs/nietzsche --run runs/mine", "Goes on from a model with another text."),
            new("aphorist train --resume runs/nietzsche", "Goes on with a run that was interrupted."));
        return command;
    }

    private static TrainingRequest RequestOf(ParseResult call) => TrainingArguments.RequestOf(call) with
    {
        Run = call.GetValue(Run),
        Resume = call.GetValue(Resume),
        Samples = Samples.GetValue(call) ?? true,
    };
}
