using Aphorist.Training;

namespace Aphorist.Studio.NewRun;

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

    /// <summary>An option.</summary>
    public static SwitchField Create(
        string id, OptionGroup group, string property, Bilingual label, Bilingual help, Func<TrainingRunOptions, bool> get,
        Func<TrainingRunOptions, bool, TrainingRunOptions> set, Func<TrainingRunOptions, bool>? applies = null) => new()
        {
            Id = id,
            Group = group,
            Property = property,
            Label = label,
            Help = help,
            Get = get,
            Set = set,
            Applies = applies ?? Always,
        };
}
