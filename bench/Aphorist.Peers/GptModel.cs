using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>
/// A character GPT: character and position embeddings, <see cref="GptBlock"/>s, and a decoder tied to the character embedding.
/// </summary>
internal sealed class GptModel : nn.Module<Tensor, Tensor>
{
    private const double Deviation = 0.02;

    private readonly Embedding characters;
    private readonly Embedding positions;
    private readonly ModuleList<GptBlock> blocks;
    private readonly LayerNorm last;

    [SuppressMessage("Reliability", "CA2000", Justification = "Registered: the module disposes them.")]
    public GptModel(int vocabularySize)
        : base(nameof(GptModel))
    {
        characters = nn.Embedding(vocabularySize, GptSettings.Width);
        positions = nn.Embedding(GptSettings.Block, GptSettings.Width);
        blocks = new ModuleList<GptBlock>([.. Enumerable.Range(0, GptSettings.Layers).Select(_ => new GptBlock())]);
        last = nn.LayerNorm(GptSettings.Width, bias: false);
        RegisterComponents();
        using IDisposable scope = no_grad();
        foreach ((string name, Parameter parameter) in Matrices) parameter.normal_(0, DeviationOf(name));
    }

    private IEnumerable<(string Name, Parameter Parameter)> Matrices => named_parameters().Where(named => named.parameter.dim() == 2);

    /// <summary>Creates AdamW with weight decay on the matrices only.</summary>
    public AdamW CreateOptimizer()
    {
        AdamW.ParamGroup matrices = Group(Matrices.Select(named => named.Parameter), GptSettings.WeightDecay);
        AdamW.ParamGroup others = Group(parameters().Where(parameter => parameter.dim() != 2), decay: 0);
        return optim.AdamW([matrices, others], GptSettings.LearningRate, GptSettings.Beta1, GptSettings.Beta2);

        static AdamW.ParamGroup Group(IEnumerable<Parameter> parameters, double decay) =>
            new(parameters, GptSettings.LearningRate, GptSettings.Beta1, GptSettings.Beta2, 1e-8, decay, false, false);
    }

    /// <summary>Returns the logits [batch, length, V] for ids [batch, length].</summary>
    public override Tensor forward(Tensor ids)
    {
        Tensor states = characters.call(ids) + positions.call(arange(ids.shape[1], ScalarType.Int64));
        foreach (GptBlock block in blocks) states = block.call(states);
        return nn.functional.linear(last.call(states), characters.weight!);
    }

    /// <summary>Returns the mean cross-entropy in nats of all but the first characters of windows [batch, length + 1].</summary>
    public Tensor Loss(Tensor windows)
    {
        long length = windows.shape[1] - 1;
        return nn.functional.cross_entropy(call(windows.narrow(1, 0, length)).flatten(0, 1), windows.narrow(1, 1, length).flatten());
    }

    // The output projections of the residual branches start smaller, so that the size of the sum does not depend on the number of layers.
    private static double DeviationOf(string name) =>
        name.EndsWith("output.weight", StringComparison.Ordinal) ? Deviation / Math.Sqrt(2 * GptSettings.Layers) : Deviation;
}
