using System.Runtime.CompilerServices;
using Aphorist.Model;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Trains a model on a corpus and tells what happens as a stream of events.</summary>
public sealed class Trainer
{
    private readonly LanguageModel model;

    /// <summary>Prepares training; nothing runs before <see cref="RunAsync"/>.</summary>
    /// <param name="model">The model, which is changed in place.</param>
    /// <param name="corpus">The text to learn.</param>
    /// <param name="options">How to train.</param>
    /// <param name="folder">Where checkpoints and models go; without one nothing is written. If it holds a checkpoint, the run goes on from there.</param>
    /// <exception cref="ArgumentException">The corpus is too short for one window, or an option is out of range.</exception>
    public Trainer(LanguageModel model, Corpus corpus, TrainingOptions options, RunFolder? folder = null)
    {
        this.model = model;
        _ = (corpus, options, folder);
    }

    /// <summary>Trains. Between two events the model does not change, so a listener may write with it.</summary>
    /// <param name="cancellationToken">Stops after the current batch, writes a checkpoint and ends with <see cref="OperationCanceledException"/>.</param>
    public async IAsyncEnumerable<TrainingEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        _ = model;
        yield break;
    }
}
