using Aphorist.Studio.Hosting;
using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

/// <summary>A text in both languages.</summary>
/// <param name="English">The English text.</param>
/// <param name="Chinese">The Chinese text.</param>
public sealed record Bilingual(string English, string Chinese)
{
    /// <summary>The text in a language.</summary>
    public string In(Language language) => language == Language.Chinese ? Chinese : English;
}

/// <summary>The headings of the options.</summary>
public enum OptionGroup
{
    /// <summary>Those that are changed most often.</summary>
    Common,

    /// <summary>How the text becomes tokens.</summary>
    Data,

    /// <summary>The shape of the model.</summary>
    Model,

    /// <summary>What a training step reads, and when training ends.</summary>
    Training,

    /// <summary>How a training step changes the weights.</summary>
    Optimizer,

    /// <summary>How the validation set is used.</summary>
    Evaluation,
}

/// <summary>An option of a run on the page: its texts, how it is read and set. Values are text, as in the address.</summary>
public abstract class OptionField
{
    /// <summary>The name in addresses and of the control: that of the command's option, without dashes.</summary>
    public required string Id { get; init; }

    /// <summary>The heading.</summary>
    public required OptionGroup Group { get; init; }

    /// <summary>The property that an <see cref="InvalidOptionsException"/> names.</summary>
    public required string Property { get; init; }

    /// <summary>The name of the option.</summary>
    public required Bilingual Label { get; init; }

    /// <summary>What it does.</summary>
    public required Bilingual Help { get; init; }

    /// <summary>Whether the option has an effect with these options, see <see cref="OptionFields.Apply"/>.</summary>
    public Func<TrainingRunOptions, bool> Applies { get; init; } = Always;

    /// <summary>The value.</summary>
    public abstract string Read(TrainingRunOptions options);

    /// <summary>Sets the value.</summary>
    /// <param name="options">The options.</param>
    /// <param name="value">The value as text, from a form or from an address.</param>
    /// <param name="problem">What is wrong with the value; null if it was set.</param>
    /// <returns>The options, unchanged if there is a problem.</returns>
    public abstract TrainingRunOptions Write(TrainingRunOptions options, string value, out Bilingual? problem);

    private protected static bool Always(TrainingRunOptions options) => true;
}
