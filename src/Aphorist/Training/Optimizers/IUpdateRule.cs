using System.Numerics;

namespace Aphorist.Training.Optimizers;

/// <summary>An optimizer's formula, for a vector of parameters at a time. A struct, so that the loop over the parameters is compiled for each.</summary>
internal interface IUpdateRule<TSelf>
    where TSelf : struct, IUpdateRule<TSelf>
{
    /// <summary>See <see cref="Optimizer.Moments"/>.</summary>
    static abstract IReadOnlyList<string> Moments { get; }

    /// <summary>The rule with what is the same for all parameters of a step worked out.</summary>
    TSelf At(OptimizerStep step);

    /// <summary>What is taken from the parameters; brings the moments up to date.</summary>
    Vector<float> Change(Vector<float> parameters, Vector<float> gradient, ref Vector<float> first, ref Vector<float> second);
}
