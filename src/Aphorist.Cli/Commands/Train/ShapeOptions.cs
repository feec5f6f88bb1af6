using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The options of `aphorist train` that shape the model.</summary>
internal static class ShapeOptions
{
    // As many layers of convolutions as see about as much as the default window; few see next to nothing, so a preset's recurrent ones are no measure.
    private const int LayersOfConvolutions = 6;

    private static readonly ChoiceOption<Architecture> Architecture = new(
        "--architecture", "What the layers are. lstm in the notebook preset.",
        ("lstm", Aphorist.Architecture.Lstm), ("gru", Aphorist.Architecture.Gru), ("convolution", Aphorist.Architecture.Convolution));

    private static readonly NumberOption<int> Hidden = NumberOptions.Whole("--hidden", "Units of each layer. 128 in the notebook preset.", 1, 16_384);

    private static readonly NumberOption<int> Layers = NumberOptions.Whole(
        "--layers", "Layers, each reading the outputs of the one below: up to 4, of convolutions up to 12. 1 in the notebook preset, 6 with --architecture convolution.", 1, 12);

    private static readonly NumberOption<int> Kernel = NumberOptions.Whole(
        "--kernel", "Inputs that meet in a convolution's kernel; each layer sees so many times as many tokens as the one below: with 2, the default, 6 layers see 64.", 2, ModelSpec.MaxReceptiveField);

    private static readonly NumberOption<int> Embedding = NumberOptions.Whole(
        "--embedding", "Length of the vector that stands for a token; 0 gives the first layer the token itself. 0 in the notebook preset, 128 with --tokenizer words.", 0, 16_384);

    private static readonly ChoiceOption<bool> Tied = ChoiceOptions.TrueOrFalse(
        "--tied", "Whether the decoder's weights are those of the embedding, which is then as long as the hidden state. false by default.");

    private static readonly ChoiceOption<bool> Residual = ChoiceOptions.TrueOrFalse(
        "--residual", "Whether each recurrent layer above the first adds its input to its output, as convolutions do in any case. false by default; needs two layers or more.");

    private static readonly ChoiceOption<bool> Normalization = ChoiceOptions.TrueOrFalse(
        "--layer-normalization", "Whether each layer's outputs are normalised over its units, with a learned gain and bias. false by default.");

    private static readonly NumberOption<int> Window = NumberOptions.Whole(
        "--window", "Tokens the model sees before the one it predicts. 60 in the notebook preset.", 1, 100_000);

    private static readonly ChoiceOption<GateActivation> Gates = new(
        "--gates", "The activation of the gates of LSTMs and GRUs. In the notebook preset hard-sigmoid for an LSTM, sigmoid for a GRU.",
        ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid));

    private static readonly ChoiceOption<ResetGate> Reset = new(
        "--reset", "Whether a GRU's reset gate works after the product with the recurrent kernel, as PyTorch's (the default), or before it, as Cho's.",
        ("after", ResetGate.After), ("before", ResetGate.Before));

    public static IEnumerable<Option> All => [Architecture, Hidden, Layers, Kernel, Embedding, Tied, Residual, Normalization, Window, Gates, Reset];

    /// <summary>The shape with what a call changes in it.</summary>
    /// <exception cref="UsageException">What the call changes is not for such a model.</exception>
    public static ModelSpec Change(ModelSpec spec, ParseResult call)
    {
        int hidden = Hidden.GetValue(call) ?? spec.HiddenSize;
        bool ties = Tied.GetValue(call) == true;
        Architecture architecture = Architecture.GetValue(call) ?? spec.Architecture;
        bool becomesConvolution = architecture == Aphorist.Architecture.Convolution && spec.Architecture != architecture;
        ModelSpec changed = spec with
        {
            Architecture = architecture,
            HiddenSize = hidden,
            Layers = Layers.GetValue(call) ?? (becomesConvolution ? LayersOfConvolutions : spec.Layers),
            KernelSize = Kernel.GetValue(call) ?? spec.KernelSize,
            EmbeddingSize = Embedding.GetValue(call) ?? (ties ? hidden : spec.EmbeddingSize),
            TiedEmbedding = Tied.GetValue(call) ?? spec.TiedEmbedding,
            Residual = Residual.GetValue(call) ?? spec.Residual,
            LayerNormalization = Normalization.GetValue(call) ?? spec.LayerNormalization,
            Window = Window.GetValue(call) ?? spec.Window,
            ResetGate = Reset.GetValue(call) ?? spec.ResetGate,
        };
        if (Gates.GetValue(call) is { } gates) changed = changed with { Gates = gates };
        CheckKind(changed, call);
        if (ties && changed.EmbeddingSize != hidden)
        {
            throw new UsageException(
                $"{Tied.Name} true needs an embedding as long as the hidden state: {Embedding.Name} is {changed.EmbeddingSize} where {Hidden.Name} is {hidden}; leave {Embedding.Name} out, or make them equal.");
        }

        return changed;
    }

    /// <summary>Checks that what a call says is for layers of the kind that it has.</summary>
    private static void CheckKind(ModelSpec spec, ParseResult call)
    {
        bool isConvolution = spec.Architecture == Aphorist.Architecture.Convolution;
        if (spec.Architecture != Aphorist.Architecture.Gru && Reset.GetValue(call) is not null)
            throw new UsageException($"{Reset.Name} is for GRUs, and {(isConvolution ? "a convolution" : "an LSTM")} has no reset gate: add --architecture gru, or leave it out.");
        if (isConvolution && Gates.GetValue(call) is not null)
            throw new UsageException($"{Gates.Name} is for LSTMs and GRUs, and a convolution's gates are always the logistic sigmoid: leave it out.");
        if (!isConvolution && Kernel.GetValue(call) is not null)
            throw new UsageException($"{Kernel.Name} is for convolutions: add --architecture convolution, or leave it out.");
        if (isConvolution && spec.Residual)
            throw new UsageException($"{Residual.Name} true is for recurrent layers, and convolutions above the first add their input to their output in any case: leave it out.");
        if (spec.Residual && spec.Layers < 2)
            throw new UsageException($"{Residual.Name} true leads past the layers above the first, and there is only one: add {Layers.Name} 2 or more, or leave it out.");
        if (spec.Layers > spec.MaxLayers)
            throw new UsageException($"{Layers.Name} is {spec.Layers}, and recurrent layers are 1 to {spec.MaxLayers}: use fewer, or add --architecture convolution.");
        if (isConvolution && spec.ReceptiveField > ModelSpec.MaxReceptiveField)
        {
            throw new UsageException(
                $"{spec.Layers} layers with kernels of {spec.KernelSize} see {spec.ReceptiveField} tokens, and at most {ModelSpec.MaxReceptiveField} are possible: lower {Layers.Name} or {Kernel.Name}.");
        }
    }
}
