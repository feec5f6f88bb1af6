using Aphorist.Numerics;

namespace Aphorist.Training;

/// <summary>The windows of a corpus, by where they start: the first part to train on, the last part held out.</summary>
internal sealed class WindowSet
{
    private readonly int step;
    private readonly int[] order;

    /// <param name="length">Characters of the corpus.</param>
    /// <param name="window">Characters of a window; the one after it is to be predicted.</param>
    /// <param name="step">Characters between the starts of two windows.</param>
    /// <param name="validationShare">Share of the windows that is held out, from the end.</param>
    /// <exception cref="ArgumentException">There is no window to train on, or none to hold out though some should be.</exception>
    public WindowSet(int length, int window, int step, double validationShare)
    {
        if (length <= window)
            throw new ArgumentException($"The corpus has {length} characters, but a window of {window} and the character after it need at least {window + 1}; use a longer text or a smaller window.");
        this.step = step;
        int count = (length - window + step - 1) / step;
        int training = (int)(count * (1 - validationShare));
        if (training == 0 || (validationShare > 0 && training == count))
            throw new ArgumentException($"A validation share of {validationShare} of {count} windows leaves none to {(training == 0 ? "train on" : "validate with")}; choose another share or a longer text.");
        order = new int[training];
        Validation = [.. Enumerable.Range(training, count - training).Select(index => index * step)];
    }

    /// <summary>How many windows there are to train on.</summary>
    public int TrainingCount => order.Length;

    /// <summary>The starts of the windows held out, in the order of the text.</summary>
    public int[] Validation { get; }

    /// <summary>The starts of the windows to train on, in the order of an epoch. The next call overwrites them.</summary>
    public int[] Shuffle(ulong seed, int epoch)
    {
        for (int index = 0; index < order.Length; index++) order[index] = index * step;
        new RandomStream(seed, RandomPurpose.Shuffle, (uint)epoch).Shuffle(order);
        return order;
    }
}
