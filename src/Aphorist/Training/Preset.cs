using Aphorist.Model;

namespace Aphorist.Training;

/// <summary>A named combination of model, training options and text normalisation.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Description">What it is, in one sentence.</param>
/// <param name="Model">The model's shape.</param>
/// <param name="Training">The training options.</param>
/// <param name="Lowercase">Whether the corpus is lower-cased.</param>
public sealed record Preset(string Name, string Description, ModelSpec Model, TrainingOptions Training, bool Lowercase)
{
    /// <summary>The Keras notebook, exactly.</summary>
    public static Preset Notebook { get; } = new(
        "notebook",
        "The Keras notebook: LSTM(128) over windows of 60 characters every 3, RMSprop(0.01), 59 epochs, lower-cased text.",
        ModelSpec.Notebook,
        TrainingOptions.Notebook,
        Lowercase: true);

    /// <summary>Every preset.</summary>
    public static IReadOnlyList<Preset> All { get; } = [Notebook];
}
