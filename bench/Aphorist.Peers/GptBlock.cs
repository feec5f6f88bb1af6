using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>A layer of the GPT: attention and a perceptron, each with layer normalization before it and a residual connection.</summary>
internal sealed class GptBlock : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm beforeAttention;
    private readonly GptAttention attention;
    private readonly LayerNorm beforePerceptron;
    private readonly Linear expansion;
    private readonly Linear output;

    [SuppressMessage("Reliability", "CA2000", Justification = "Registered: the module disposes them.")]
    public GptBlock()
        : base(nameof(GptBlock))
    {
        beforeAttention = nn.LayerNorm(GptSettings.Width, bias: false);
        attention = new GptAttention();
        beforePerceptron = nn.LayerNorm(GptSettings.Width, bias: false);
        expansion = nn.Linear(GptSettings.Width, 4 * GptSettings.Width, hasBias: false);
        output = nn.Linear(4 * GptSettings.Width, GptSettings.Width, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Maps [batch, length, width] to the same shape.</summary>
    public override Tensor forward(Tensor states)
    {
        Tensor middle = states + attention.call(beforeAttention.call(states));
        return middle + output.call(nn.functional.gelu(expansion.call(beforePerceptron.call(middle))));
    }
}
