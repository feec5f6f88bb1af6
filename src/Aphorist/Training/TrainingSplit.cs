namespace Aphorist.Training;

/// <summary>What is trained on and what is held out to measure on: a part of the corpus, from its end, or another text.</summary>
internal sealed class TrainingSplit
{
    private TrainingSplit(BatchPlan plan, long validationCount) => (Plan, ValidationCount) = (plan, validationCount);

    /// <summary>What is trained on.</summary>
    public BatchPlan Plan { get; }

    /// <summary>How many predictions are held out.</summary>
    public long ValidationCount { get; }

    /// <summary>The windows held out, for windows.</summary>
    public ValidationWindows ValidationWindows { get; private init; }

    /// <summary>Where the text held out begins, for streams.</summary>
    public long ValidationStart { get; private init; }

    /// <summary>Divides a corpus.</summary>
    /// <param name="length">Its tokens.</param>
    /// <param name="window">Tokens of a window.</param>
    /// <param name="options">How training goes.</param>
    /// <param name="validationLength">Tokens of another text to measure on; null for none.</param>
    /// <exception cref="ArgumentException">There is nothing to train on, or nothing to hold out though something should be, or two things.</exception>
    public static TrainingSplit Of(long length, int window, TrainingOptions options, long? validationLength = null)
    {
        TrainingSplit split = options.Objective == Objective.Windows ? OfWindows(length, window, options) : OfStream(length, options);
        return validationLength is long other ? split.MeasuredOn(other, window, options) : split;
    }

    /// <summary>Where the last part of something begins.</summary>
    public static long StartOfTail(long length, double share) => (long)(length * (1 - share));

    /// <summary>The same training, measured on a whole text of its own.</summary>
    private TrainingSplit MeasuredOn(long length, int window, TrainingOptions options)
    {
        if (ValidationCount > 0)
            throw new ArgumentException("There is a validation text, and a share of the corpus is to be held out too: choose one of them.");
        int least = options.Objective == Objective.Windows ? window + 1 : 2;
        if (length < least)
            throw new ArgumentException($"The validation text has {length} tokens, but it takes {least} to predict one of them; use a longer text.");
        if (options.Objective == Objective.Stream) return new TrainingSplit(Plan, length - 1);
        ValidationWindows all = ValidationWindows.Of(length, window, options.Stride, share: 1);
        return new TrainingSplit(Plan, all.Count) { ValidationWindows = all };
    }

    private static TrainingSplit OfWindows(long length, int window, TrainingOptions options)
    {
        ValidationWindows last = ValidationWindows.Of(length, window, options.Stride, options.ValidationShare);
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
        throw new ArgumentException(FormattableString.Invariant($"A validation share of {share} of {whole} leaves none to {(training <= 0 ? "train on" : "validate with")}; choose another share or a longer text."));
    }
}
