using System.Diagnostics.CodeAnalysis;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>
/// A character model in TorchSharp: one-hot characters, nn.LSTM, nn.GRU or nn.RNN, and nn.Linear at every time step.
/// </summary>
internal sealed class TorchStreamModel : nn.Module
{
    private readonly nn.Module recurrent;
    private readonly Linear decoder;
    private Tensor[] carried;

    [SuppressMessage("Reliability", "CA2000", Justification = "Registered: the module disposes them.")]
    public TorchStreamModel(StreamShape shape, IReadOnlyDictionary<string, float[]> values)
        : base(nameof(TorchStreamModel))
    {
        recurrent = shape.Kind switch
        {
            RecurrentKind.Lstm => nn.LSTM(StreamShape.Characters, shape.Hidden, shape.Layers),
            RecurrentKind.Gru => nn.GRU(StreamShape.Characters, shape.Hidden, shape.Layers),
            _ => nn.RNN(StreamShape.Characters, shape.Hidden, shape.Layers),
        };
        decoder = nn.Linear(shape.Hidden, StreamShape.Characters);
        RegisterComponents();
        carried = [zeros(shape.Layers, shape.Batch, shape.Hidden), zeros(shape.Layers, shape.Batch, shape.Hidden)];
        using IDisposable scope = no_grad();
        foreach ((string name, Parameter parameter) in named_parameters()) Copy(values[name], parameter);
    }

    /// <summary>Returns the logits [sequence, batch, V] for ids [sequence, batch], starting from the state after the last call.</summary>
    public Tensor Logits(Tensor ids)
    {
        Tensor input = nn.functional.one_hot(ids, StreamShape.Characters).to(ScalarType.Float32);
        return decoder.call(recurrent switch
        {
            LSTM lstm => Forward(lstm, input),
            GRU gru => Carried(gru.call(input, carried[0])),
            _ => Carried(((RNN)recurrent).call(input, carried[0])),
        });
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) Carry([]);
        base.Dispose(disposing);
    }

    private static void Copy(float[] values, Parameter parameter)
    {
        using Tensor flat = torch.tensor(values);
        using Tensor shaped = flat.reshape(parameter.shape);
        parameter.copy_(shaped);
    }

    private Tensor Forward(LSTM lstm, Tensor input)
    {
        (Tensor output, Tensor hidden, Tensor cell) = lstm.call(input, (carried[0], carried[1]));
        Carry([hidden, cell]);
        return output;
    }

    private Tensor Carried((Tensor Output, Tensor Hidden) result)
    {
        Carry([result.Hidden]);
        return result.Output;
    }

    private void Carry(Tensor[] state)
    {
        foreach (Tensor old in carried) old.Dispose();
        carried = Array.ConvertAll(state, tensor => tensor.detach().DetachFromDisposeScope());
    }
}
