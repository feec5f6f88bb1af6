
namespace Aphorist.Peers;

/// <summary>The training step of one library on a stream: a network with its optimizer and its carried state.</summary>
internal interface IStreamStep : IDisposable
{
    /// <summary>
    /// Trains on one chunk: forward pass from the carried state, mean cross-entropy over all time steps, backward pass, gradient clipping
    /// to the norm <see cref="StreamShape.GradientClip"/>, and Adam with <see cref="StreamShape.LearningRate"/>, betas 0.9 and 0.999, and
    /// epsilon 1e-8.
    /// </summary>
    /// <param name="ids">The token ids, [batch, sequence + 1].</param>
    /// <returns>The mean loss in nats before the update.</returns>
    double Run(int[] ids);
}
