namespace Aphorist.Training;

/// <summary>A named combination of model shape, training options and text normalization.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">What it is for, how long it takes on two cores, and what it is.</param>
/// <param name="Model">The shape of the model.</param>
/// <param name="Training">The training options.</param>
/// <param name="Lowercase">Whether the corpus is lower-cased.</param>
public sealed record Preset(string Name, string Description, ModelSpec Model, TrainingOptions Training, bool Lowercase)
{
    /// <summary>The Keras notebook, exactly.</summary>
    public static Preset Notebook { get; } = new(
        "notebook",
        "For comparison with the Keras notebook. 26 minutes for 600 KB of text on two cores. LSTM(128) over windows of 60 characters "
        + "every 3, RMSprop(0.01), 59 epochs, lower-cased text.",
        ModelSpec.Notebook,
        TrainingOptions.Notebook,
        Lowercase: true);

    /// <summary>Karpathy's char-rnn with its default options, but with RMSprop as in Keras.</summary>
    public static Preset CharRnn { get; } = new(
        "char-rnn",
        "For comparison with Karpathy's char-rnn. 6 minutes for 1 MB of text on two cores. 2 layers of LSTM(128) over 50 streams of "
        + "50 characters, RMSprop(0.002) falling by 3 % per epoch, 50 epochs.",
        ModelSpec.CharRnn,
        TrainingOptions.CharRnn,
        Lowercase: false);

    /// <summary>Readable output after one minute of training.</summary>
    public static Preset Quick { get; } = new(
        "quick",
        "Readable output from any text after 1 minute on two cores. Layer-normalized LSTM(384) over 16 streams of 32 characters, "
        + "dropout 0.45, AdamW with a linear schedule.",
        ModelSpec.Quick,
        TrainingOptions.Quick,
        Lowercase: false);

    /// <summary>The best model after fifteen minutes of training.</summary>
    public static Preset Best { get; } = new(
        "best",
        "The best model of a text after 15 minutes on two cores. 2 layer-normalized layers of LSTM(384) over 32 streams of "
        + "64 characters, dropout 0.4, AdamW with a cosine schedule.",
        ModelSpec.Best,
        TrainingOptions.Best,
        Lowercase: false);

    /// <summary>The preset of a run that names none: <see cref="Quick"/>.</summary>
    public static Preset Default => Quick;

    /// <summary>All presets.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Quick, Best, CharRnn, Notebook];
}
