using System.Globalization;
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
    public Func<TrainingRunOptions, bool> Applies { get; init; } = _ => true;

    /// <summary>The value.</summary>
    public abstract string Read(TrainingRunOptions options);

    /// <summary>Sets the value.</summary>
    /// <param name="options">The options.</param>
    /// <param name="value">The value as text, from a form or from an address.</param>
    /// <param name="problem">What is wrong with the value; null if it was set.</param>
    /// <returns>The options, unchanged if there is a problem.</returns>
    public abstract TrainingRunOptions Write(TrainingRunOptions options, string value, out Bilingual? problem);
}

/// <summary>An option with a number.</summary>
public sealed class NumberField : OptionField
{
    /// <summary>The minimum.</summary>
    public required double Minimum { get; init; }

    /// <summary>The maximum, which can depend on other options.</summary>
    public required Func<TrainingRunOptions, double> Maximum { get; init; }

    /// <summary>Whether the minimum, or the maximum, is not itself a value.</summary>
    public bool IsAboveMinimum { get; init; }

    /// <inheritdoc cref="IsAboveMinimum"/>
    public bool IsBelowMaximum { get; init; }

    /// <summary>Whether there are only whole numbers.</summary>
    public bool IsWhole { get; init; }

    /// <summary>The unit; null for none.</summary>
    public Bilingual? Unit { get; init; }

    /// <summary>What no value means; null if there must be one.</summary>
    public Bilingual? Empty { get; init; }

    /// <summary>Gets the number; null for no value.</summary>
    public required Func<TrainingRunOptions, double?> Get { get; init; }

    /// <summary>Sets the number.</summary>
    public required Func<TrainingRunOptions, double?, TrainingRunOptions> Set { get; init; }

    /// <inheritdoc/>
    public override string Read(TrainingRunOptions options) => Get(options) is { } number ? Text(number) : "";

    /// <inheritdoc/>
    public override TrainingRunOptions Write(TrainingRunOptions options, string value, out Bilingual? problem)
    {
        problem = null;
        string text = value.Trim();
        if (text.Length == 0 && Empty is not null) return Set(options, null);
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && IsInRange(number, options))
            return Set(options, number);
        problem = Range(options);
        return options;
    }

    /// <summary>The range as a sentence.</summary>
    public Bilingual Range(TrainingRunOptions options)
    {
        double maximum = Maximum(options);
        (string english, string chinese) = IsWhole ? ("a whole number", "整数") : ("a number", "数字");
        (string low, string high) = (Text(Minimum), Text(maximum));
        if (double.IsInfinity(maximum))
        {
            return IsAboveMinimum
                ? new($"Enter {english} above {low}.", $"请输入大于 {low} 的{chinese}。")
                : new($"Enter {english} of {low} or more.", $"请输入不小于 {low} 的{chinese}。");
        }

        return (IsAboveMinimum, IsBelowMaximum) switch
        {
            (true, _) => new($"Enter {english} above {low}, up to {high}.", $"请输入大于 {low}、不超过 {high} 的{chinese}。"),
            (_, true) => new($"Enter {english} from {low} to below {high}.", $"请输入不小于 {low} 且小于 {high} 的{chinese}。"),
            _ => new($"Enter {english} from {low} to {high}.", $"请输入 {low} 到 {high} 之间的{chinese}。"),
        };
    }

    private bool IsInRange(double number, TrainingRunOptions options)
    {
        double maximum = Maximum(options);
        return double.IsFinite(number)
            && (number > Minimum || (number == Minimum && !IsAboveMinimum))
            && (number < maximum || (number == maximum && !IsBelowMaximum))
            && (!IsWhole || number == Math.Floor(number));
    }

    private static string Text(double number) =>
        number.ToString(number is 0 or >= 1e-6 ? "0.############" : "R", CultureInfo.InvariantCulture);
}

/// <summary>An option with a few values.</summary>
public sealed class ChoiceField : OptionField
{
    /// <summary>The values and their names.</summary>
    public required IReadOnlyList<(string Value, Bilingual Name)> Choices { get; init; }

    /// <summary>Gets the value.</summary>
    public required Func<TrainingRunOptions, string> Get { get; init; }

    /// <summary>Sets the value.</summary>
    public required Func<TrainingRunOptions, string, TrainingRunOptions> Set { get; init; }

    /// <inheritdoc/>
    public override string Read(TrainingRunOptions options) => Get(options);

    /// <inheritdoc/>
    public override TrainingRunOptions Write(TrainingRunOptions options, string value, out Bilingual? problem)
    {
        bool isKnown = Choices.Any(choice => choice.Value == value);
        problem = isKnown ? null : new("Choose one of the values.", "请从列表中选择一个值。");
        return isKnown ? Set(options, value) : options;
    }
}

/// <summary>An option that is on or off.</summary>
public sealed class SwitchField : OptionField
{
    /// <summary>The values.</summary>
    public const string On = "on", Off = "off";

    /// <summary>Gets the value.</summary>
    public required Func<TrainingRunOptions, bool> Get { get; init; }

    /// <summary>Sets the value.</summary>
    public required Func<TrainingRunOptions, bool, TrainingRunOptions> Set { get; init; }

    /// <inheritdoc/>
    public override string Read(TrainingRunOptions options) => Get(options) ? On : Off;

    /// <inheritdoc/>
    public override TrainingRunOptions Write(TrainingRunOptions options, string value, out Bilingual? problem)
    {
        problem = value is On or Off ? null : new("Choose on or off.", "请选择开或关。");
        return problem is null ? Set(options, value == On) : options;
    }
}
