using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Training;

/// <summary>The training set and the validation set: a part of the corpus, from its end, or a separate text.</summary>
internal sealed class TrainingSplit
{
    private TrainingSplit(BatchPlan plan, long validationCount) => (Plan, ValidationCount) = (plan, validationCount);

    /// <summary>The batches of the training set.</summary>
    public BatchPlan Plan { get; }

    /// <summary>The number of predictions in the validation set.</summary>
    public long ValidationCount { get; }

    /// <summary>The windows of the validation set, if the objective is windows.</summary>
    public ValidationWindows ValidationWindows { get; private init; }

    /// <summary>Where the validation set starts, if the objective is streams.</summary>
    public long ValidationStart { get; private init; }

    /// <summary>Splits a corpus.</summary>
    /// <param name="length">The number of tokens of the corpus.</param>
    /// <param name="window">The number of tokens of a window.</param>
    /// <param name="options">The training options.</param>
    /// <param name="validationLength">The number of tokens of a separate validation text; null if there is none.</param>
    /// <exception cref="CorpusException">A text is too short.</exception>
    /// <exception cref="InvalidOptionsException">
    /// The share leaves nothing to train or to validate, or there are two validation sets.
    /// </exception>
    public static TrainingSplit Create(long length, int window, TrainingOptions options, long? validationLength = null)
    {
        TrainingSplit split = options.Objective == Objective.Windows ? SplitWindows(length, window, options) : SplitStream(length, options);
        return validationLength is { } other ? split.WithValidationText(other, window, options) : split;
    }

    /// <summary>Where the last part of something starts.</summary>
    public static long StartOfTail(long length, double share) => (long)(length * (1 - share));

    private static TrainingSplit SplitWindows(long length, int window, TrainingOptions options)
    {
        ValidationWindows last = ValidationWindows.AtEnd(length, window, options.Stride, options.ValidationShare);
        EnsureBoth(last.First, last.Count, Plural.Of(last.First + last.Count, "window"), options.ValidationShare);
        return new TrainingSplit(new WindowPlan(last.First, window, options), last.Count) { ValidationWindows = last };
    }

    private static TrainingSplit SplitStream(long length, TrainingOptions options)
    {
        long training = StartOfTail(length, options.ValidationShare), validation = length - training;
        // The first token of the validation set is not predicted.
        EnsureBoth(training, validation - 1, Plural.Of(length, "token"), options.ValidationShare);
        return new TrainingSplit(new StreamPlan(training, options), Math.Max(0, validation - 1)) { ValidationStart = training };
    }

    private TrainingSplit WithValidationText(long length, int window, TrainingOptions options)
    {
        if (ValidationCount > 0)
        {
            throw new InvalidOptionsException(
                "There is a validation text, so ValidationShare must be 0. Use one of them.", nameof(TrainingOptions.ValidationShare));
        }

        int minimum = options.Objective == Objective.Windows ? window + 1 : 2;
        if (length < minimum)
            throw new CorpusException(
                $"The validation text has {Plural.Of(length, "token")}, but at least {minimum} are needed to predict one. "
                + "Use a longer text.");
        if (options.Objective == Objective.Stream) return new TrainingSplit(Plan, length - 1);
        ValidationWindows all = ValidationWindows.AtEnd(length, window, options.Stride, share: 1);
        return new TrainingSplit(Plan, all.Count) { ValidationWindows = all };
    }

    private static void EnsureBoth(long training, long validation, string whole, double share)
    {
        if (training > 0 && (share == 0 || validation > 0)) return;
        string purpose = training <= 0 ? "train on" : "validate with";
        throw new InvalidOptionsException(
            FormattableString.Invariant(
                $"A ValidationShare of {share} of {whole} leaves none to {purpose}. Use another share or a longer text."),
            nameof(TrainingOptions.ValidationShare));
    }
}

/// <summary>The windows of the last part of a text.</summary>
/// <param name="First">The number of the first of them, counted from the start of the text.</param>
/// <param name="Count">How many there are.</param>
/// <param name="Stride">Tokens between the starts of two windows.</param>
internal readonly record struct ValidationWindows(long First, long Count, int Stride)
{
    /// <summary>The last share of the windows of a text.</summary>
    /// <exception cref="CorpusException">The text is too short for a window.</exception>
    public static ValidationWindows AtEnd(long length, int window, int stride, double share)
    {
        long count = WindowPlan.CountWindows(length, window, stride), first = TrainingSplit.StartOfTail(count, share);
        return new(first, count - first, stride);
    }

    /// <summary>Where one of them starts.</summary>
    /// <param name="index">From 0.</param>
    public long GetStart(long index) => (First + index) * Stride;

    /// <summary>Where each of some of them starts, which are spread evenly over all.</summary>
    /// <param name="count">How many.</param>
    public Func<long, long> Spread(long count)
    {
        ValidationWindows all = this;
        return index => all.GetStart((long)((Int128)index * all.Count / count));
    }

    /// <summary>The tokens that they predict.</summary>
    public PredictedTokens Predicted(int window) => new(GetStart(0), GetStart(0) + window, Stride);
}
