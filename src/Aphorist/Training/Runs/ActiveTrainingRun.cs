using System.Runtime.CompilerServices;
using Aphorist.IO;
using Aphorist.Numerics;
using Aphorist.Training.Runs;

namespace Aphorist.Training;

/// <summary>
/// A training run that is ready to train. It holds the lock of its folder: only one process, or one group of processes, at a time can train
/// in it.
/// </summary>
public sealed class ActiveTrainingRun : TrainingRun, IDisposable
{
    private static readonly TimeSpan StopCheckInterval = TimeSpan.FromMilliseconds(250);

    // Null in a process that does not write the folder.
    private readonly FileLock? held;
    private readonly Trainer trainer;

    internal ActiveTrainingRun(
        RunFolder files,
        FileLock? held,
        TrainingRunOptions options,
        LanguageModel model,
        Corpus corpus,
        Corpus? validation,
        Trainer trainer)
        : base(files, options) =>
        (this.held, Model, Corpus, Validation, this.trainer) = (held, model, corpus, validation, trainer);

    /// <summary>
    /// The model, which is trained in place. After a resume it has the weights of the checkpoint once training has started.
    /// </summary>
    public LanguageModel Model { get; }

    /// <summary>The training corpus.</summary>
    public Corpus Corpus { get; }

    /// <summary>The separate validation text, or null.</summary>
    public Corpus? Validation { get; }

    /// <inheritdoc cref="Trainer.GetBitsPerCharacter"/>
    public double GetBitsPerCharacter(double lossPerToken) => trainer.GetBitsPerCharacter(lossPerToken);

    /// <inheritdoc cref="Trainer.Position"/>
    public TrainingPosition? Position => trainer.Position;

    /// <summary>
    /// Trains from the last checkpoint, or from the start, and writes checkpoints, models and metrics into the run folder. Between two
    /// events the model does not change, so a listener may generate text with it.
    /// </summary>
    /// <param name="cancellationToken">
    /// Stops training, also within a batch or a validation, which the resumed run then repeats. The run writes a checkpoint and throws an
    /// <see cref="OperationCanceledException"/>, as it does after <see cref="TrainingRun.RequestStop"/>.
    /// </param>
    /// <exception cref="TrainingDivergedException">The loss rose and the divergence guard is off, or did not help.</exception>
    /// <exception cref="CorpusException">A cached text cannot be read any more. The checkpoint stays as it was.</exception>
    /// <exception cref="ModelFileException">The checkpoint is damaged.</exception>
    /// <exception cref="TrainingRunException">
    /// The checkpoint is missing, but not the results of the run; or the run is deleted or moved while it is trained.
    /// </exception>
    /// <exception cref="InvalidOptionsException">The checkpoint belongs to another corpus or other options.</exception>
    /// <exception cref="IOException">A file of the run cannot be written. The previous one is unchanged.</exception>
    public async IAsyncEnumerable<TrainingEvent> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using Timer check = new(
            _ =>
            {
                if (held is not null && File.Exists(Files.StopRequest)) stop.Cancel();
            },
            null, StopCheckInterval, StopCheckInterval);
        RunFolder? written = held is null ? null : Files;
        await foreach (TrainingEvent happened in trainer.RunAsync(written, stop.Token).ConfigureAwait(false))
        {
            written?.EnsureIsStillThere();
            yield return happened;
        }
    }

    /// <summary>
    /// Gets a seed for the samples of an epoch. It depends only on the seed of the run and the arguments, so a repeated run gets the same.
    /// </summary>
    /// <param name="epoch">The number of the epoch, from 1.</param>
    /// <param name="index">The number of the sample, from 0.</param>
    public ulong GetSampleSeed(int epoch, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        return new RandomStream(Options.Training.Seed, RandomPurpose.SampleSeed, (uint)epoch).Bits(1 + (ulong)index);
    }

    /// <summary>
    /// Writes the text that the model generated after an epoch into the run folder. If several processes train, only rank 0 does.
    /// </summary>
    /// <param name="epoch">The number of the epoch, from 1.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="TrainingRunException">The run is deleted or moved.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void WriteSample(int epoch, string text)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(epoch, 1);
        ArgumentNullException.ThrowIfNull(text);
        if (held is null) return;
        Files.EnsureIsStillThere();
        Directory.CreateDirectory(Files.Samples);
        AtomicFile.WriteAllText(Files.SampleFile(epoch), text);
    }

    /// <summary>Releases the lock of the folder.</summary>
    public void Dispose() => held?.Dispose();
}
