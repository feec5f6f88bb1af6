using Aphorist.Cli.CommandLine;
using Aphorist.Training;
using static Aphorist.Cli.CommandLine.ChoiceOptions;
using static Aphorist.Cli.CommandLine.NumberOptions;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The options of the tokenizer and of the model, one entry each: heading, help and the property that it sets.</summary>
internal static class ModelFlags
{
    // Six layers of convolutions see about as many tokens as the default window. The few layers of a recurrent preset would see far fewer.
    private const int ConvolutionLayers = 6;

    private static readonly TokenizerOptions DefaultTokenizer = new();
    private static readonly ModelSpec Defaults = Preset.Default.Model;

    public static SettingTable<TokenizerOptions> Tokenizer { get; } = new()
    {
        {
            Heading.Common,
            new ChoiceOption<TokenizerKind>(
                "--tokenizer",
                "What the tokens are: characters, words and the characters between them, or the bytes of UTF-8.",
                TokenizerKind.Characters,
                ("characters", TokenizerKind.Characters), ("words", TokenizerKind.Words), ("bytes", TokenizerKind.Bytes)),
            (options, value) => options with { Kind = value }
        },
        {
            Heading.Data,
            Whole(
                "--vocabulary-size",
                "Maximum size of a vocabulary of words. Words that are too rare become unknown tokens.",
                2, 1_000_000, DefaultTokenizer.VocabularySize),
            (options, value) => options with { VocabularySize = value },
            "--tokenizer words", options => options.Kind == TokenizerKind.Words
        },
        {
            Heading.Data,
            Whole(
                "--minimum-count",
                "How often a word must occur to be in a vocabulary of words.",
                1, fallback: DefaultTokenizer.MinimumCount),
            (options, value) => options with { MinimumCount = value },
            "--tokenizer words", options => options.Kind == TokenizerKind.Words
        },
    };

    // The order matters where an option has a default that depends on another one: --layers on --architecture, --embedding on --tied.
    public static SettingTable<ModelSpec> Model { get; } = new()
    {
        {
            Heading.Common,
            new ChoiceOption<Architecture>(
                "--architecture", "Kind of the layers.", Architecture.Lstm,
                ("lstm", Architecture.Lstm), ("gru", Architecture.Gru), ("rnn", Architecture.Rnn),
                ("convolution", Architecture.Convolution)),
            WithArchitecture
        },
        {
            Heading.Common,
            Whole("--hidden", "Hidden size: units in each layer.", 1, 16_384, Defaults.HiddenSize)
                .Sets(nameof(ModelSpec.HiddenSize)),
            (spec, value) => spec with { HiddenSize = value }
        },
        {
            Heading.Common,
            Whole("--layers", "Number of layers, at most 4 if they are recurrent. Default: 1, or 6 for convolution.", 1, 12),
            (spec, value) => spec with { Layers = value }
        },
        {
            Heading.Model,
            TrueOrFalse("--tied", "Use the embedding as the weights of the decoder too. The embedding then has the hidden size.", false)
                .Sets(nameof(ModelSpec.TiedEmbedding)),
            (spec, value) => spec with { TiedEmbedding = value, EmbeddingSize = value ? spec.HiddenSize : spec.EmbeddingSize }
        },
        {
            Heading.Model,
            Whole("--embedding", "Size of the token embedding; 0 for one-hot tokens. Default: 0, or 128 with --tokenizer words.", 0, 16_384)
                .Sets(nameof(ModelSpec.EmbeddingSize)),
            (spec, value) => spec with { EmbeddingSize = value }
        },
        {
            Heading.Model,
            TrueOrFalse(
                "--residual",
                "Residual connections: add the input of each layer after the first to its output. Needs 2 layers or more; always on for "
                + "convolution.",
                false),
            (spec, value) => spec with { Residual = value }
        },
        {
            Heading.Model,
            TrueOrFalse(
                "--layer-normalization",
                "Normalize each layer's outputs over its units, with a learned gain and bias.",
                Defaults.LayerNormalization),
            (spec, value) => spec with { LayerNormalization = value }
        },
        {
            Heading.Model,
            Whole("--window", "Tokens that the model reads before the one it predicts.", 1, 100_000, Defaults.Window),
            (spec, value) => spec with { Window = value }
        },
        {
            Heading.Model,
            new ChoiceOption<GateActivation>(
                "--gates", "Activation of the gates of lstm and gru. Default: sigmoid; hard-sigmoid for lstm with --preset notebook.",
                ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid)),
            (spec, value) => spec with { Gates = value },
            "--architecture lstm or gru", spec => spec.Architecture is Architecture.Lstm or Architecture.Gru
        },
        {
            Heading.Model,
            new ChoiceOption<ResetGate>(
                "--reset", "Apply the reset gate of gru after the recurrent product, as PyTorch does, or before it, as Cho et al. (2014).",
                ResetGate.After, ("after", ResetGate.After), ("before", ResetGate.Before)).Sets(nameof(ModelSpec.ResetGate)),
            (spec, value) => spec with { ResetGate = value },
            "--architecture gru", spec => spec.Architecture == Architecture.Gru
        },
        {
            Heading.Model,
            new ChoiceOption<Activation>(
                "--activation", "Activation of rnn, called nonlinearity in PyTorch.",
                Activation.Tanh, ("tanh", Activation.Tanh), ("relu", Activation.Relu)),
            (spec, value) => spec with { Activation = value },
            "--architecture rnn", spec => spec.Architecture == Architecture.Rnn
        },
        {
            Heading.Model,
            Whole("--kernel", "Kernel size of the convolutions. n layers see kernel^n tokens.", 2, 4096, Defaults.KernelSize)
                .Sets(nameof(ModelSpec.KernelSize)),
            (spec, value) => spec with { KernelSize = value },
            "--architecture convolution", spec => spec.Architecture == Architecture.Convolution
        },
    };

    private static ModelSpec WithArchitecture(ModelSpec spec, Architecture architecture)
    {
        bool becomesConvolution = architecture == Architecture.Convolution && spec.Architecture != architecture;
        return spec with { Architecture = architecture, Layers = becomesConvolution ? ConvolutionLayers : spec.Layers };
    }
}
