using System.Text.RegularExpressions;

namespace Aphorist.Cli.CommandLine;

/// <summary>
/// Names of options in other programs: nanoGPT, Keras, textgenrnn, char-rnn, torch-rnn, PyTorch and servers of language models.
/// docs/coming-from.md explains them, program by program.
/// </summary>
/// <remarks>
/// Names are without dashes in front and with hyphens instead of underscores. A name belongs to the commands that have all that its entry
/// mentions, so that it can mean one thing in `train` and another in `generate`.
/// </remarks>
internal static partial class FamiliarNames
{
    /// <summary>Options and their other names, with the same meaning and unit. They are accepted, but not in help and completion.</summary>
    public static IReadOnlyList<(string Option, string[] Names)> Aliases { get; } =
    [
        ("--architecture", ["model", "model-type"]),
        ("--hidden", ["hidden-size", "rnn-size", "units"]),
        ("--layers", ["n-layer", "n-layers", "num-layers", "rnn-layers"]),
        ("--embedding", ["embedding-dim", "embedding-size", "dim-embeddings", "wordvec-size"]),
        ("--layer-normalization", ["layer-norm"]),
        ("--vocabulary-size", ["max-words"]),
        ("--epochs", ["num-epochs", "max-epochs"]),
        ("--validation", ["validation-split", "val-frac"]),
        ("--batch", ["batch-size"]),
        ("--step", ["stride"]),
        ("--sequence", ["seq-length", "seq-len", "sequence-length"]),
        ("--learning-rate", ["lr"]),
        ("--warm-up", ["warmup", "warmup-iters", "warmup-steps"]),
        ("--clip-norm", ["global-clipnorm"]),
        ("--clip-value", ["clipvalue"]),
        ("--validate-every", ["eval-interval", "eval-val-every"]),
        ("--run", ["out-dir", "output-dir", "checkpoint-dir"]),
        ("--prompt", ["start", "start-text", "primetext", "prefix"]),
        ("--length", ["max-new-tokens", "max-gen-length", "max-tokens"]),
        ("--count", ["num-samples"]),
        ("--temperature", ["temperatures", "diversity"]),
        ("--address", ["host", "listen"]),
    ];

    /// <summary>Names with another meaning, or without an option here, and what to do instead.</summary>
    public static IReadOnlyList<(string[] Names, string Hint)> Hints { get; } =
    [
        (["max-iters", "max-steps", "num-steps", "steps", "iterations"],
            "Training is measured in epochs or minutes: use --epochs or --minutes."),
        (["block-size", "maxlen", "max-length", "context-length"],
            "Use --sequence with --objective stream, or --window with --objective windows."),
        (["max-length"], "Use --length, which does not count the prompt."),
        (["n-embd"], "Use --hidden for the size of the layers, and --embedding for the size of the token embedding."),
        (["n-head", "num-heads"], "No layer has attention heads: leave it out. --architecture selects the kind of the layers."),
        (["rnn-bidirectional", "bidirectional"], "All layers read in one direction: leave it out."),
        (["bias"], "The layers always have biases: leave it out."),
        (["batchnorm"], "Use --layer-normalization."),
        (["word-level"], "Use --tokenizer words."),
        (["grad-clip"], "Use --clip-norm, as nanoGPT clips, or --clip-value, as char-rnn and torch-rnn do."),
        (["clipnorm"], "Use --clip-norm, which limits the norm of the whole gradient, as global_clipnorm of Keras does."),
        (["gradient-accumulation-steps"], "Use a larger --batch."),
        (["learning-rate-decay", "learning-rate-decay-after", "lr-decay-every", "lr-decay-factor", "lr-decay-iters", "decay-lr", "min-lr"],
            "Use --schedule."),
        (["beta1", "beta2", "decay-rate"], "The decay rates of an --optimizer are fixed: leave it out."),
        (["train-frac", "train-size"], "Use --validation, the fraction that is held out."),
        (["dataset", "data-dir", "input-file", "input-txt", "input-h5", "input-json"], "Name the text itself as CORPUS."),
        (["init-from", "reset-iterations"], "Use --resume to continue a run, or --from to fine-tune a model."),
        (["out-dir", "output-dir"], "Use --sweep for the folder of the sweep."),
        (["out-dir", "checkpoint", "init-from", "model"], "Name the run folder or the model file as MODEL."),
        (["new-model"], "A run trains a new model, unless --from names one: leave it out."),
        (["savefile", "checkpoint-name"], "Use --run for the folder of the run."),
        (["checkpoint-every", "save-epochs", "always-save-checkpoint"],
            "Use --checkpoint-interval, which is in seconds. There is always a checkpoint after each epoch."),
        (["eval-only"], "Use `aphorist evaluate`."),
        (["eval-iters"], "Use --validation-tokens for the number of tokens to measure, and --validate-every to measure more often."),
        (["gen-epochs"], "Samples are generated during training, unless --samples is none: leave it out."),
        (["log-interval", "print-every"], "Progress is always shown, unless the call is --quiet: leave it out."),
        (["verbose"], "Use --quiet to print only results and errors."),
        (["wandb-log", "wandb-project", "wandb-run-name"],
            "Metrics and charts are in the run folder, and --json prints them: leave it out."),
        (["sample"], "Use --temperature: 0 takes the most likely token at each step, and any other temperature samples."),
        (["interactive"], "Use `aphorist play`."),
        (["speed-benchmark", "memory-benchmark"], "Use `aphorist bench`."),
        (["api-key"], "Use --api-key-file, so that other users of the machine do not see the key."),
        (["device", "cuda", "gpu", "gpuid", "gpu-backend", "multi-gpu", "opencl", "accurate-gpu-timing", "backend", "dtype", "compile"],
            "Everything is computed on the CPU in 32-bit floating point: leave it out."),
    ];

    /// <summary>The option that a name stands for; null if there is none.</summary>
    /// <param name="name">The name without dashes in front, with hyphens.</param>
    /// <param name="known">The options to choose from.</param>
    public static string? OptionOf(string name, IReadOnlyCollection<string> known) =>
        Aliases.FirstOrDefault(alias => alias.Names.Contains(name) && known.Contains(alias.Option)).Option;

    /// <summary>What to use instead of a name; null if nothing is known of it.</summary>
    /// <param name="name">The name without dashes in front, with hyphens.</param>
    /// <param name="known">The options and arguments of the command.</param>
    public static string? HintOn(string name, IReadOnlyCollection<string> known) =>
        Hints.FirstOrDefault(hint => hint.Names.Contains(name) && MentionsOf(hint.Hint).All(known.Contains)).Hint;

    /// <summary>The options and arguments that a hint mentions.</summary>
    public static IEnumerable<string> MentionsOf(string hint) => Mention().Matches(hint).Select(match => match.Value);

    [GeneratedRegex("--[a-z][a-z-]*[a-z]|CORPUS|MODEL")]
    private static partial Regex Mention();
}
