using TorchSharp;
using static TorchSharp.torch;
using Adam = TorchSharp.Modules.Adam;

namespace Aphorist.Peers;

/// <summary>The training step of TorchSharp.</summary>
internal sealed class TorchStreamStep : IStreamStep
{
    private readonly StreamShape shape;
    private readonly TorchStreamModel model;
    private readonly Adam optimizer;

    public TorchStreamStep(StreamShape shape, IReadOnlyDictionary<string, float[]> parameters, int threads)
    {
        set_num_threads(threads);
        this.shape = shape;
        model = new TorchStreamModel(shape, parameters);
        optimizer = optim.Adam(model.parameters(), StreamShape.LearningRate);
    }

    public double Run(int[] ids)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = torch.tensor(ids, [shape.Batch, StreamShape.Sequence + 1]).to(ScalarType.Int64).t();
        Tensor inputs = rows.narrow(0, 0, StreamShape.Sequence), targets = rows.narrow(0, 1, StreamShape.Sequence);
        optimizer.zero_grad();
        Tensor loss = nn.functional.cross_entropy(model.Logits(inputs).flatten(0, 1), targets.flatten());
        loss.backward();
        nn.utils.clip_grad_norm_(model.parameters(), StreamShape.GradientClip);
        optimizer.step();
        return loss.item<float>();
    }

    public void Dispose()
    {
        optimizer.Dispose();
        model.Dispose();
    }
}
