using System.Diagnostics.CodeAnalysis;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Causal multi-head self-attention.</summary>
internal sealed class GptAttention : nn.Module<Tensor, Tensor>
{
    private readonly Linear input;
    private readonly Linear output;

    [SuppressMessage("Reliability", "CA2000", Justification = "Registered: the module disposes them.")]
    public GptAttention()
        : base(nameof(GptAttention))
    {
        input = nn.Linear(GptSettings.Width, 3 * GptSettings.Width, hasBias: false);
        output = nn.Linear(GptSettings.Width, GptSettings.Width, hasBias: false);
        RegisterComponents();
    }

    /// <summary>Maps [batch, length, width] to the same shape.</summary>
    public override Tensor forward(Tensor states)
    {
        Tensor[] parts = Array.ConvertAll(input.call(states).chunk(3, -1), Heads);
        Tensor attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], is_casual: true);
        return output.call(attended.transpose(1, 2).flatten(2));
    }

    /// <summary>Maps [batch, length, width] to [batch, heads, length, width / heads].</summary>
    private static Tensor Heads(Tensor states) =>
        states.unflatten(2, GptSettings.Heads, GptSettings.Width / GptSettings.Heads).transpose(1, 2);
}
