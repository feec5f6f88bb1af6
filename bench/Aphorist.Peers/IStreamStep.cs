using Aphorist.Training;
using Aphorist.Training.Optimizers;

namespace Aphorist.Peers;

/// <summary>One side of the comparison of streams: a network with its optimizer and its carried state.</summary>
internal interface IStreamStep : IDisposable
{
    /// <summary>
    /// Trains on one chunk: forwards from the carried state, mean cross-entropy over all time steps, backwards, gradient clipped by its norm
    /// to <see cref="StreamShape.GradientClip"/>, Adam with <see cref="StreamShape.LearningRate"/>, betas 0.9 and 0.999, epsilon 1e-8.
    /// </summary>
    /// <param name="ids">[batch, sequence + 1]</param>
    /// <returns>The mean loss in nats before the step.</returns>
    double Run(int[] ids);
}
