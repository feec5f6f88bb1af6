namespace Aphorist.Inspection;

/// <summary>The results of <see cref="EngineBenchmark"/>: medians of several measurements. Shares are between 0 and 1.</summary>
public sealed record EngineBenchmarkResult
{
    /// <summary>The instruction set in use: avx512, avx2 or vector128.</summary>
    public required string Kernel { get; init; }

    /// <summary>The number of threads used by the multi-threaded figures.</summary>
    public required int Threads { get; init; }

    /// <summary>The peak of one thread in floating-point operations per second: multiply-adds on registers.</summary>
    public required double PeakFlopsOneThread { get; init; }

    /// <summary>The peak of all threads together in floating-point operations per second.</summary>
    public required double PeakFlops { get; init; }

    /// <summary>The notebook's recurrent matrix product on one thread, in floating-point operations per second.</summary>
    public required double ProductFlops { get; init; }

    /// <summary><see cref="ProductFlops"/> as a share of <see cref="PeakFlopsOneThread"/>.</summary>
    public required double ProductShare { get; init; }

    /// <summary>The duration of one training step of the notebook on all threads, in seconds.</summary>
    public required double StepSeconds { get; init; }

    /// <summary>The floating-point operations of a training step per second, as a share of <see cref="PeakFlops"/>.</summary>
    public required double StepShare { get; init; }

    /// <summary>The estimated duration of an epoch of the notebook, in seconds.</summary>
    public required double EpochSeconds { get; init; }

    /// <summary>
    /// One text on one thread, with the state carried from token to token; the share of <see cref="PeakFlopsOneThread"/>.
    /// </summary>
    public required GenerationRate Stateful { get; init; }

    /// <summary>As <see cref="Stateful"/>, with top-p sampling and a repetition penalty.</summary>
    public required GenerationRate Strategies { get; init; }

    /// <summary>A batch of <see cref="EngineBenchmark.BatchedTexts"/> texts on all threads; the share of <see cref="PeakFlops"/>.</summary>
    public required GenerationRate Many { get; init; }

    /// <summary>One text on all threads, reading a whole window for each token; the share of <see cref="PeakFlops"/>.</summary>
    public required GenerationRate Window { get; init; }

    /// <summary>
    /// The read bandwidth of one thread in bytes per second, measured on a buffer of the size of the large model's weights.
    /// </summary>
    public required double ReadBytesPerSecond { get; init; }

    /// <summary>One text with the large model on one thread; the share of <see cref="ReadBytesPerSecond"/>.</summary>
    public required GenerationRate Large { get; init; }

    /// <summary>A batch of texts with the large model on all threads; the share of <see cref="PeakFlops"/>.</summary>
    public required GenerationRate LargeMany { get; init; }
}

/// <summary>The speed of generating text.</summary>
/// <param name="CharactersPerSecond">Characters per second, of all texts together.</param>
/// <param name="Share">The share of the applicable limit.</param>
public readonly record struct GenerationRate(double CharactersPerSecond, double Share);
