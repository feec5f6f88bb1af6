namespace Aphorist.Training;

/// <summary>A corpus divided into what is trained on and what, from its end, is held out.</summary>
internal sealed class TrainingSplit
{
    private TrainingSplit(BatchPlan plan, long validationCount) => (Plan, ValidationCount) = (plan, validationCount);

    /// <summary>What is trained on.</summary>
    public BatchPlan Plan { get; }

    /// <summary>How many predictions are held out.</summary>
    public long ValidationCount { get; }

    /// <summary>Where the windows held out start.</summary>
    public int[] ValidationStarts { get; private init; } = [];

    /// <summary>Where the text held out begins, for streams.</summary>
    public int ValidationStart { get; private init; }

    /// <summary>Divides a corpus.</summary>
    /// <param name="length">Its tokens.</param>
    /// <param name="window">Tokens of a window.</param>
    /// <param name="options">How training goes.</param>
    /// <exception cref="ArgumentException">There is nothing to train on, or nothing to hold out though something should be.</exception>
    public static TrainingSplit Of(int length, int window, TrainingOptions options) =>
        options.Objective == Objective.Windows ? OfWindows(length, window, options) : OfStream(length, options);

    /// <summary>Where the windows of the last part of a corpus start.</summary>
    public static int[] LastWindows(int length, int window, int step, double share)
    {
        int count = WindowPlan.CountOf(length, window, step), first = StartOfTail(count, share);
        return [.. Enumerable.Range(first, count - first).Select(index => index * step)];
    }

    /// <summary>Where the last part of something begins.</summary>
    public static int StartOfTail(int length, double share) => (int)(length * (1 - share));

    private static TrainingSplit OfWindows(int length, int window, TrainingOptions options)
    {
        int[] last = LastWindows(length, window, options.Step, options.ValidationShare);
        int count = WindowPlan.CountOf(length, window, options.Step), training = count - last.Length;
        EnsureBoth(training, last.Length, $"{count} windows", options.ValidationShare);
        return new TrainingSplit(new WindowPlan(training, window, options), last.Length) { ValidationStarts = last };
    }

    private static TrainingSplit OfStream(int length, TrainingOptions options)
    {
        int training = StartOfTail(length, options.ValidationShare), heldOut = length - training;
        EnsureBoth(training, heldOut - 1, $"{length} tokens", options.ValidationShare);
        return new TrainingSplit(new StreamPlan(training, options), Math.Max(0, heldOut - 1)) { ValidationStart = training };
    }

    private static void EnsureBoth(int training, int validation, string whole, double share)
    {
        if (training > 0 && (share == 0 || validation > 0)) return;
        throw new ArgumentException($"A validation share of {share} of {whole} leaves none to {(training <= 0 ? "train on" : "validate with")}; choose another share or a longer text.");
    }
}
