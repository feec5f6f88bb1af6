using Aphorist.Model;

namespace Aphorist;

/// <summary>What an optimizer had accumulated when a model was taken over from another program. The first training with an optimizer of that kind goes on from it.</summary>
public sealed class OptimizerState
{
    // What optimizers remember of each parameter, by the names that files have.
    internal const string RmsPropMeanSquare = "rmsprop.mean_square", AdamMean = "adam.mean", AdamMeanSquare = "adam.mean_square", SgdMomentum = "sgd.momentum";

    // Those of an optimizer, in its order.
    internal static readonly IReadOnlyList<string>[] Kinds = [[RmsPropMeanSquare], [AdamMean, AdamMeanSquare], [SgdMomentum]];

    private readonly Parameters[] values;

    internal OptimizerState(long steps, IReadOnlyList<string> moments, ModelLayout layout)
    {
        (Steps, Moments) = (steps, moments);
        values = [.. moments.Select(_ => new Parameters(layout.Tensors))];
    }

    /// <summary>Training steps that it comes from; 0 where the other program did not count them.</summary>
    public long Steps { get; }

    /// <summary>What is remembered of each parameter, such as rmsprop.mean_square.</summary>
    public IReadOnlyList<string> Moments { get; }

    /// <summary>A value for each parameter of the model, laid out as they are.</summary>
    /// <param name="moment">The place in <see cref="Moments"/>.</param>
    internal Parameters ValuesOf(int moment) => values[moment];
}
