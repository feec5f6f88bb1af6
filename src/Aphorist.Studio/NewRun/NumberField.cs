using System.Globalization;
using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

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

    /// <summary>A whole number.</summary>
    public static NumberField Whole(
        string id, OptionGroup group, string property, Bilingual label, Bilingual help, double minimum, double maximum,
        Func<TrainingRunOptions, double?> get, Func<TrainingRunOptions, int, TrainingRunOptions> set, Bilingual? unit = null,
        Func<TrainingRunOptions, bool>? applies = null) => new()
        {
            Id = id,
            Group = group,
            Property = property,
            Label = label,
            Help = help,
            Minimum = minimum,
            Maximum = _ => maximum,
            IsWhole = true,
            Unit = unit,
            Get = get,
            Set = (options, value) => set(options, (int)value!),
            Applies = applies ?? Always,
        };

    /// <summary>A number of 0 or more, or above 0.</summary>
    public static NumberField Real(
        string id, OptionGroup group, string property, Bilingual label, Bilingual help, Func<TrainingRunOptions, double?> get,
        Func<TrainingRunOptions, double, TrainingRunOptions> set, bool isAboveZero = false) => new()
        {
            Id = id,
            Group = group,
            Property = property,
            Label = label,
            Help = help,
            Minimum = 0,
            IsAboveMinimum = isAboveZero,
            Maximum = _ => double.PositiveInfinity,
            Get = get,
            Set = (options, value) => set(options, value!.Value),
        };

    /// <summary>A number from 0 to below 1.</summary>
    public static NumberField Share(
        string id, OptionGroup group, string property, Bilingual label, Bilingual help, Func<TrainingRunOptions, double?> get,
        Func<TrainingRunOptions, double, TrainingRunOptions> set) => new()
        {
            Id = id,
            Group = group,
            Property = property,
            Label = label,
            Help = help,
            Minimum = 0,
            Maximum = _ => 1,
            IsBelowMaximum = true,
            Get = get,
            Set = (options, value) => set(options, value!.Value),
        };

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
