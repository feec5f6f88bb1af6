using System.CommandLine;
using Aphorist.Cli.CommandLine;
using Aphorist.Model;

namespace Aphorist.Cli.Training;

/// <summary>The options of `aphorist train` that shape the model.</summary>
internal static class ShapeOptions
{
    private static readonly ChoiceOption<Architecture> Architecture = new(
        "--architecture", "What the layers are. lstm in the notebook preset.", ("lstm", Model.Architecture.Lstm), ("gru", Model.Architecture.Gru));

    private static readonly NumberOption<int> Hidden = NumberOptions.Whole("--hidden", "Units of each layer. 128 in the notebook preset.", 1, 16_384);

    private static readonly NumberOption<int> Layers = NumberOptions.Whole("--layers", "Layers, each reading the outputs of the one below. 1 in the notebook preset.", 1, 4);

    private static readonly NumberOption<int> Embedding = NumberOptions.Whole(
        "--embedding", "Length of the vector that stands for a token; 0 gives the first layer the token itself. 0 in the notebook preset, 128 with --tokenizer words.", 0, 16_384);

    private static readonly ChoiceOption<bool> Tied = ChoiceOptions.TrueOrFalse(
        "--tied", "Whether the decoder's weights are those of the embedding, which is then as long as the hidden state. false by default.");

    private static readonly ChoiceOption<bool> Residual = ChoiceOptions.TrueOrFalse(
        "--residual", "Whether each layer above the first adds its input to its output. false by default; needs two layers or more.");

    private static readonly ChoiceOption<bool> Normalization = ChoiceOptions.TrueOrFalse(
        "--layer-normalization", "Whether each layer's outputs are normalised over its units, with a learned gain and bias. false by default.");

    private static readonly NumberOption<int> Window = NumberOptions.Whole(
        "--window", "Tokens the model sees before the one it predicts. 60 in the notebook preset.", 1, 100_000);

    private static readonly ChoiceOption<GateActivation> Gates = new(
        "--gates", "The LSTM gates' activation. hard-sigmoid in the notebook preset.",
        ("sigmoid", GateActivation.Sigmoid), ("hard-sigmoid", GateActivation.HardSigmoid));

    private static readonly ChoiceOption<ResetGate> Reset = new(
        "--reset", "Whether a GRU's reset gate works after the product with the recurrent kernel, as PyTorch's (the default), or before it, as Cho's.",
        ("after", ResetGate.After), ("before", ResetGate.Before));

    public static IEnumerable<Option> All => [Architecture, Hidden, Layers, Embedding, Tied, Residual, Normalization, Window, Gates, Reset];

    /// <summary>The shape with what a call changes in it.</summary>
    /// <exception cref="WrongCallException">What the call changes is not for such a model.</exception>
    public static ModelSpec Change(ModelSpec spec, ParseResult call)
    {
        int hidden = Hidden.In(call) ?? spec.HiddenSize;
        bool ties = Tied.In(call) == true;
        ModelSpec changed = spec with
        {
            Architecture = Architecture.In(call) ?? spec.Architecture,
            HiddenSize = hidden,
            Layers = Layers.In(call) ?? spec.Layers,
            EmbeddingSize = Embedding.In(call) ?? (ties ? hidden : spec.EmbeddingSize),
            TiedEmbedding = Tied.In(call) ?? spec.TiedEmbedding,
            Residual = Residual.In(call) ?? spec.Residual,
            LayerNormalization = Normalization.In(call) ?? spec.LayerNormalization,
            Window = Window.In(call) ?? spec.Window,
            Gates = Gates.In(call) ?? spec.Gates,
            ResetGate = Reset.In(call) ?? spec.ResetGate,
        };
        if (changed.Architecture != Model.Architecture.Gru && Reset.In(call) is not null)
            throw new WrongCallException($"{Reset.Name} is for GRUs, and an LSTM has no reset gate: add --architecture gru, or leave it out.");
        if (changed.Residual && changed.Layers < 2)
            throw new WrongCallException($"{Residual.Name} true leads past the layers above the first, and there is only one: add {Layers.Name} 2 or more, or leave it out.");
        if (ties && changed.EmbeddingSize != hidden)
        {
            throw new WrongCallException(
                $"{Tied.Name} true needs an embedding as long as the hidden state: {Embedding.Name} is {changed.EmbeddingSize} where {Hidden.Name} is {hidden}; leave {Embedding.Name} out, or make them equal.");
        }

        return changed;
    }
}
