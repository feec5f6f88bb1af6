using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Training;
using static Aphorist.Cli.CommandLine.ChoiceOptions;
using static Aphorist.Cli.CommandLine.NumberOptions;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The options of every command that trains: one entry each, with its heading, its help and the property that it sets.</summary>
internal static class TrainingFlags
{
    private const string Common = "Common options", Data = "Data", Model = "Model", Training = "Training", Optimizer = "Optimizer";
    private const string Evaluation = "Evaluation", Run = "Run";

    // Six layers of convolutions see about as many tokens as the default window. The few layers of a preset's recurrent model would see far fewer.
    private const int ConvolutionLayers = 6;

    private const int WordEmbeddingSize = 128;

    private static readonly string[] BuiltInCorpus = ["aphorisms"];
    private static readonly string[] Headings = [Common, Data, Model, Training, Optimizer, Evaluation, Run];
    private static readonly TrainingOptions Notebook = TrainingOptions.Notebook;

    private static readonly NumberOption<ulong> SeedOption = Seed("--seed", "Random seed. The same seed gives the same model.", Notebook.Seed);

    private static readonly SettingTable<TokenizerOptions> TokenizerTable = new()
    {
        {
            Common,
            new ChoiceOption<TokenizerKind>(
                "--tokenizer",
                "What the tokens are: characters, words and the characters between them, or the bytes of UTF-8.",
                TokenizerKind.Characters,
                ("characters", TokenizerKind.Characters), ("words", TokenizerKind.Words), ("bytes", TokenizerKind.Bytes)),
            (options, value) => options with { Kind = value }
        },
        {
            Data,
            Whole(
                "--vocabulary-size",
                "Maximum size of a vocabulary of words. Words that are too rare become unknown tokens.",
                2, 1_000_000, new TokenizerOptions().VocabularySize),
            (options, value) => options with { VocabularySize = value },
            "--tokenizer words", options => options.Kind == TokenizerKind.Words
        },
        {
            Data,
            Whole("--minimum-count", "How often a word must occur to be in a vocabulary of words.", 1, fallback: new TokenizerOptions().MinimumCount),
            (options, value) => options with { MinimumCount = value },
            "--tokenizer words", options => options.Kind == TokenizerKind.Words
        },
    };

    // The order matters where an option has a default that depends on another one: --layers on --architecture, --embedding on --tied.
    private static readonly SettingTable<ModelSpec> ModelTable = new()
    {
        {
            Common,
            new ChoiceOption<Architecture>(
                "--architecture", "Kind of the layers.", Architecture.Lstm,
                ("lstm", Architecture.Lstm), ("gru", Architecture.Gru), ("convolution", Architecture.Convolution)),
            WithArchitecture
        },
        {
            Common,
            Whole("--hidden", "Hidden size: units in each layer.", 1, 16_384, ModelSpec.Notebook.HiddenSize).Sets(nameof(ModelSpec.HiddenSize)),
            (spec, value) => spec with { HiddenSize = value }
        },
        {
            Common,
            Whole("--layers", "Number of layers, at most 4 for lstm and gru. Default: 1, or 6 with --architecture convolution.", 1, 12),
            (spec, value) => spec with { Layers = value }
        },
        {
            Model,
            TrueOrFalse("--tied", "Use the embedding as the weights of the decoder too. The embedding then has the hidden size.", false)
                .Sets(nameof(ModelSpec.TiedEmbedding)),
            (spec, value) => spec with { TiedEmbedding = value, EmbeddingSize = value ? spec.HiddenSize : spec.EmbeddingSize }
        },
        {
            Model,
            Whole("--embedding", "Size of the token embedding; 0 for one-hot tokens. Default: 0, or 128 with --tokenizer words.", 0, 16_384)
                .Sets(nameof(ModelSpec.EmbeddingSize)),
            (spec, value) => spec with { EmbeddingSize = value }
        },
        {
            Model,
            TrueOrFalse(
                "--residual",
                "Residual connections: add the input of each layer after the first to its output. Needs 2 layers or more. Convolutions always have them.",
                false),
            (spec, value) => spec with { Residual = value }
        },
        {
            Model,
            TrueOrFalse("--layer-normalization", "Normalize each layer's outputs over its units, with a learned gain and bias.", false),
            (spec, value) => spec with { LayerNormalization = value }
        },
        {
            Model,
            Whole("--window", "Tokens that the model reads before the one it predicts.", 1, 100_000, ModelSpec.Notebook.Window),
            (spec, value) => spec with { Window = value }
        },
        {
            Model,
            new ChoiceOption<GateActivation>(
                "--gates", "Activation of the gates of lstm and gru. Default: hard-sigmoid for lstm, sigmoid for gru.",
                ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid)),
            (spec, value) => spec with { Gates = value },
            "--architecture lstm or gru", spec => spec.Architecture != Architecture.Convolution
        },
        {
            Model,
            new ChoiceOption<ResetGate>(
                "--reset", "Apply the reset gate of gru after the recurrent product, as PyTorch does, or before it, as Cho et al. (2014).",
                ResetGate.After, ("after", ResetGate.After), ("before", ResetGate.Before)).Sets(nameof(ModelSpec.ResetGate)),
            (spec, value) => spec with { ResetGate = value },
            "--architecture gru", spec => spec.Architecture == Architecture.Gru
        },
        {
            Model,
            Whole("--kernel", "Kernel size of the convolutions. n layers see kernel^n tokens.", 2, 4096, ModelSpec.Notebook.KernelSize)
                .Sets(nameof(ModelSpec.KernelSize)),
            (spec, value) => spec with { KernelSize = value },
            "--architecture convolution", spec => spec.Architecture == Architecture.Convolution
        },
    };

    private static readonly SettingTable<TrainingOptions> TrainingTable = new()
    {
        {
            Common,
            Whole("--epochs", "Passes over the training set.", 1, fallback: Notebook.Epochs),
            (options, value) => options with { Epochs = value }
        },
        {
            Common,
            Real(
                "--minutes", "minutes", "Time limit for training in minutes, validation not included. Default: none.", NumberRange.Above(0, 1e6))
                .Sets(nameof(TrainingOptions.TimeBudget)),
            (options, value) => options with { TimeBudget = TimeSpan.FromMinutes(value) }
        },
        {
            Common,
            Real(
                "--validation", "fraction", "Fraction of the corpus, from its end, held out as validation set.", NumberRange.BelowOne, Notebook.ValidationShare)
                .Sets(nameof(TrainingOptions.ValidationShare)),
            (options, value) => options with { ValidationShare = value }
        },
        {
            Training,
            new ChoiceOption<Objective>(
                "--objective",
                "windows: predict the token after each window, as the notebook does. stream: predict every token of long streams, which learns faster.",
                Objective.Windows, ("windows", Objective.Windows), ("stream", Objective.Stream)),
            (options, value) => options with { Objective = value }
        },
        {
            Training,
            Whole("--batch", "Batch size: windows or streams per training step.", 1, 1_000_000, Notebook.BatchSize).Sets(nameof(TrainingOptions.BatchSize)),
            (options, value) => options with { BatchSize = value }
        },
        {
            Training,
            Whole("--step", "Stride: tokens between the starts of two windows.", 1, fallback: Notebook.Stride).Sets(nameof(TrainingOptions.Stride)),
            (options, value) => options with { Stride = value },
            "--objective windows", options => options.Objective == Objective.Windows
        },
        {
            Training,
            Whole("--sequence", "Sequence length: tokens of a stream per training step.", 1, 100_000, Notebook.SequenceLength)
                .Sets(nameof(TrainingOptions.SequenceLength)),
            (options, value) => options with { SequenceLength = value },
            "--objective stream", options => options.Objective == Objective.Stream
        },
        {
            Training,
            Real("--dropout", "p", "Dropout probability on each layer's outputs.", NumberRange.BelowOne, Notebook.Dropout),
            (options, value) => options with { Dropout = value }
        },
        {
            Training,
            Whole("--patience", "Early stopping: end training after this many epochs without a lower loss; 0 for never.", 0, fallback: Notebook.Patience),
            (options, value) => options with { Patience = value }
        },
        {
            Training,
            TrueOrFalse("--divergence-guard", "If the loss explodes, restore the last good weights and lower the learning rate.", Notebook.DivergenceGuard),
            (options, value) => options with { DivergenceGuard = value }
        },
        {
            Training,
            SeedOption,
            (options, value) => options with { Seed = value }
        },
        {
            Training,
            Whole("--threads", "Number of threads. The result does not depend on it. Default: one per processor.", 1, 1024),
            (options, value) => options with { Threads = value }
        },
        {
            Optimizer,
            new ChoiceOption<OptimizerKind>(
                "--optimizer", "Optimization algorithm.", Notebook.Optimizer,
                ("rmsprop", OptimizerKind.RmsProp), ("adam", OptimizerKind.Adam), ("adamw", OptimizerKind.AdamW), ("sgd", OptimizerKind.Sgd)),
            (options, value) => options with { Optimizer = value }
        },
        {
            Optimizer,
            Real("--learning-rate", "rate", "Learning rate.", NumberRange.Above(0), Notebook.LearningRate),
            (options, value) => options with { LearningRate = value }
        },
        {
            Optimizer,
            new ChoiceOption<LearningRateSchedule>(
                "--schedule",
                "Learning rate schedule. cosine: half a cosine over the whole training. step: 3 % less with each epoch from the tenth on. plateau: half when the loss stops falling.",
                Notebook.Schedule,
                ("constant", LearningRateSchedule.Constant), ("cosine", LearningRateSchedule.Cosine),
                ("step", LearningRateSchedule.Step), ("plateau", LearningRateSchedule.Plateau)),
            (options, value) => options with { Schedule = value }
        },
        {
            Optimizer,
            Whole("--warm-up", "Warmup: training steps over which the learning rate rises from 0.", 0, fallback: Notebook.WarmUpSteps)
                .Sets(nameof(TrainingOptions.WarmUpSteps)),
            (options, value) => options with { WarmUpSteps = value }
        },
        {
            Optimizer,
            Real("--weight-decay", "x", "Weight decay.", NumberRange.AtLeast(0), Notebook.WeightDecay),
            (options, value) => options with { WeightDecay = value }
        },
        {
            Optimizer,
            Real("--clip-norm", "x", "Gradient clipping: maximum norm of the whole gradient; 0 for no limit.", NumberRange.AtLeast(0), Notebook.ClipNorm),
            (options, value) => options with { ClipNorm = value }
        },
        {
            Optimizer,
            Real("--clip-value", "x", "Gradient clipping: maximum absolute value of each gradient; 0 for no limit.", NumberRange.AtLeast(0), Notebook.ClipValue),
            (options, value) => options with { ClipValue = value }
        },
        {
            Optimizer,
            Real(
                "--average",
                "decay",
                "Decay of an exponential moving average (EMA) of the weights, such as 0.999. The model is then the average; 0 for no average.",
                NumberRange.BelowOne, Notebook.EmaDecay).Sets(nameof(TrainingOptions.EmaDecay)),
            (options, value) => options with { EmaDecay = value }
        },
        {
            Evaluation,
            Whole(
                "--validate-every",
                "Training steps between two validations within an epoch; 0 for none. There is always one after each epoch.",
                0, fallback: Notebook.ValidationInterval).Sets(nameof(TrainingOptions.ValidationInterval)),
            (options, value) => options with { ValidationInterval = value }
        },
        {
            Run,
            Real(
                "--checkpoint-interval",
                "seconds",
                "Seconds between two checkpoints within an epoch. There is always one after each epoch.",
                NumberRange.Above(0, 1e6), Notebook.CheckpointInterval.TotalSeconds),
            (options, value) => options with { CheckpointInterval = TimeSpan.FromSeconds(value) }
        },
    };

    private static readonly SettingTable<TrainingRunOptions> RunTable = new()
    {
        {
            Data,
            TrueOrFalse("--lowercase", "Convert the texts to lower case.", Preset.Notebook.Lowercase),
            (options, value) => options with { Lowercase = value }
        },
        { Data, EncodingOption.Create(), (options, value) => options with { Encoding = value } },
        {
            Evaluation,
            Text(
                "--validation-text",
                "text",
                "Separate validation text, instead of a fraction of the corpus: a name from `aphorist corpora`, a file, a folder or a pattern."),
            (options, value) => options with { ValidationText = value, Training = options.Training with { ValidationShare = 0 } }
        },
    };

    private static readonly Option<string?> PresetName = PresetOption();

    private static readonly Option<string?> From = Text(
        "--from",
        "model",
        "Fine-tune this model: a model file, or a run folder for its best model. It keeps its shape and its tokenizer; new tokens are added.");

    /// <summary>The corpus.</summary>
    public static Argument<string[]> Corpus { get; } = WordArgument.Several(
        "CORPUS",
        "Training text: a name from `aphorist corpora`, files, a folder, a pattern such as \"texts/*.txt\", or - for standard input. "
        + "Default: the built-in aphorisms.");

    /// <summary>The options under their headings.</summary>
    public static IReadOnlyList<OptionGroup> Groups { get; } = [.. Headings.Select(heading => new OptionGroup(heading, [.. Under(heading)]))];

    /// <summary>All options. Each takes one value.</summary>
    public static IReadOnlyList<Option> Options { get; } = [.. Groups.SelectMany(group => group.Options)];

    /// <summary>The options of a new run.</summary>
    /// <exception cref="UsageException">The call contradicts itself, or names an unknown preset.</exception>
    public static TrainingRunOptions Create(ParseResult call)
    {
        Preset preset = PresetOf(call) ?? Preset.Notebook;
        TrainingRunOptions options = TrainingRunOptions.FromPreset(preset, BuiltInCorpus);
        if (call.GetValue(From) is string from) return FineTuning.Change(options with { From = from }, PresetOf(call), start => Apply(start, call));
        options = options with { Tokenizer = TokenizerTable.Apply(options.Tokenizer, call) };
        // One-hot words would make the first layer too large.
        if (options.Tokenizer.Kind == TokenizerKind.Words && options.Model.EmbeddingSize == 0)
            options = options with { Model = options.Model with { EmbeddingSize = WordEmbeddingSize } };
        return Apply(options, call);
    }

    /// <summary>Changes the options of a run as a call asks for.</summary>
    /// <exception cref="UsageException">The call contradicts itself, or names an unknown preset.</exception>
    public static TrainingRunOptions Apply(TrainingRunOptions options, ParseResult call)
    {
        if (call.GetResult("--validation") is not null && call.GetResult("--validation-text") is not null)
            throw new UsageException("--validation and --validation-text both choose the validation set: leave out one of them.");
        TrainingOptions training = TrainingTable.Apply(options.Training, call);
        return RunTable.Apply(
            options with
            {
                Corpus = call.GetValue(Corpus) is { Length: > 0 } corpus ? corpus : options.Corpus,
                Tokenizer = TokenizerTable.Apply(options.Tokenizer, call),
                Model = ModelTable.Apply(options.Model, call),
                Training = PresetOf(call) is { } preset ? training with { Preset = preset.Name } : training,
            },
            call);
    }

    /// <summary>The seed that a call gives, or the default.</summary>
    public static ulong SeedOf(ParseResult call) => SeedOption.GetValue(call) ?? Notebook.Seed;

    /// <summary>Whether a call asks for fine-tuning.</summary>
    public static bool HasFrom(ParseResult call) => call.GetValue(From) is not null;

    /// <summary>The preset that a call names; null if it names none.</summary>
    /// <exception cref="UsageException">There is no such preset.</exception>
    public static Preset? PresetOf(ParseResult call)
    {
        if (call.GetValue(PresetName) is not string name) return null;
        return Preset.All.FirstOrDefault(preset => preset.Name == name)
            ?? throw new UsageException($"There is no preset '{name}': choose from {string.Join(", ", Preset.All.Select(preset => preset.Name))}.");
    }

    private static IEnumerable<Option> Under(string heading) =>
    [
        .. heading == Common ? [PresetName] : Array.Empty<Option>(),
        .. TokenizerTable.Under(heading),
        .. ModelTable.Under(heading),
        .. TrainingTable.Under(heading),
        .. RunTable.Under(heading),
        .. heading == Run ? [From] : Array.Empty<Option>(),
    ];

    private static Option<string?> Text(string name, string valueName, string description) =>
        new(name) { Description = description, HelpName = valueName };

    private static Option<string?> PresetOption()
    {
        string[] names = [.. Preset.All.Select(preset => preset.Name)];
        Option<string?> option = Text(
            "--preset",
            "name",
            $"Model and training options to start from: {string.Join(", ", names)}. The other options override it; their defaults are those of notebook. "
            + "Default: notebook.");
        option.CompletionSources.Add(_ => names.Select(name => new System.CommandLine.Completions.CompletionItem(name)));
        return option;
    }

    private static ModelSpec WithArchitecture(ModelSpec spec, Architecture architecture)
    {
        bool becomesConvolution = architecture == Architecture.Convolution && spec.Architecture != architecture;
        return spec with { Architecture = architecture, Layers = becomesConvolution ? ConvolutionLayers : spec.Layers };
    }
}
