namespace Aphorist.Training;

/// <summary>A corpus divided into what is trained on and what, from its end, is held out.</summary>
internal sealed class TrainingSplit
{
    private TrainingSplit(BatchPlan plan, long validationCount) => (Plan, ValidationCount) = (plan, validationCount);

    /// <summary>What is trained on.</summary>
    public BatchPlan Plan { get; }

    /// <summary>How many predictions are held out.</summary>
    public long ValidationCount { get; }

    /// <summary>The windows held out, for windows.</summary>
    public WindowTail ValidationWindows { get; private init; }

    /// <summary>Where the text held out begins, for streams.</summary>
    public long ValidationStart { get; private init; }

    /// <summary>Divides a corpus.</summary>
    /// <param name="length">Its tokens.</param>
    /// <param name="window">Tokens of a window.</param>
    /// <param name="options">How training goes.</param>
    /// <exception cref="ArgumentException">There is nothing to train on, or nothing to hold out though something should be.</exception>
    public static TrainingSplit Of(long length, int window, TrainingOptions options) =>
        options.Objective == Objective.Windows ? OfWindows(length, window, options) : OfStream(length, options);

    /// <summary>Where the last part of something begins.</summary>
    public static long StartOfTail(long length, double share) => (long)(length * (1 - share));

    private static TrainingSplit OfWindows(long length, int window, TrainingOptions options)
    {
        WindowTail last = WindowTail.Of(length, window, options.Step, options.ValidationShare);
        EnsureBoth(last.First, last.Count, $"{last.First + last.Count} windows", options.ValidationShare);
        return new TrainingSplit(new WindowPlan(last.First, window, options), last.Count) { ValidationWindows = last };
    }

    private static TrainingSplit OfStream(long length, TrainingOptions options)
    {
        long training = StartOfTail(length, options.ValidationShare), heldOut = length - training;
        EnsureBoth(training, heldOut - 1, $"{length} tokens", options.ValidationShare);
        return new TrainingSplit(new StreamPlan(training, options), Math.Max(0, heldOut - 1)) { ValidationStart = training };
    }

    private static void EnsureBoth(long training, long validation, string whole, double share)
    {
        if (training > 0 && (share == 0 || validation > 0)) return;
        throw new ArgumentException($"A validation share of {share} of {whole} leaves none to {(training <= 0 ? "train on" : "validate with")}; choose another share or a longer text.");
    }
}
