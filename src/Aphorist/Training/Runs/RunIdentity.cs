using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Aphorist.Training.Runs;

/// <summary>
/// What makes two runs the same run: the texts, the shape of the model, and the options that decide what an epoch computes.
/// </summary>
internal sealed record RunIdentity(string CorpusSha256, ModelSpec Model, TrainingOptions Training)
{
    /// <summary>The SHA-256 of the validation text; null if validation uses a part of the corpus, or nothing.</summary>
    public string? ValidationSha256 { get; init; }

    /// <summary>Creates the identity of a run. Options that may change when it is resumed get their defaults.</summary>
    public static RunIdentity Create(string corpusSha256, string? validationSha256, ModelSpec model, TrainingOptions options) =>
        new(corpusSha256, model, Fixed(options)) { ValidationSha256 = validationSha256 };

    /// <summary>Checks that a run can be resumed as another one.</summary>
    /// <exception cref="InvalidOptionsException">They are not the same run. The message names the first option that differs.</exception>
    public void EnsureSame(RunIdentity requested)
    {
        EnsureSame(RunJson.Default.ModelSpec, Model, requested.Model);
        // An earlier version can have stored options that may change.
        EnsureSame(RunJson.Default.TrainingOptions, Fixed(Training), Fixed(requested.Training));
        EnsureSameText("corpus", nameof(TrainingRunOptions.CorpusSha256), CorpusSha256, requested.CorpusSha256);
        EnsureSameText("validation text", nameof(TrainingRunOptions.ValidationSha256), ValidationSha256, requested.ValidationSha256);
    }

    /// <summary>Compares two records property by property.</summary>
    public static void EnsureSame<T>(JsonTypeInfo<T> type, T begun, T requested)
        where T : notnull
    {
        foreach (JsonPropertyInfo property in type.Properties)
            EnsureSame((property.AttributeProvider as MemberInfo)?.Name ?? property.Name, property.Get!(begun), property.Get(requested));
    }

    /// <summary>Compares two values of an option.</summary>
    public static void EnsureSame(string name, object? begun, object? requested)
    {
        if (Equals(begun, requested)) return;
        throw new InvalidOptionsException(
            $"This run was started with {name} {Spell(begun)}, not with {Spell(requested)}. "
            + "Resume it with the same value, or start a new run.",
            name);
    }

    private static TrainingOptions Fixed(TrainingOptions options)
    {
        TrainingOptions defaults = new();
        return options with
        {
            Preset = defaults.Preset,
            // Linear and cosine schedules are recomputed for the new end, so the learning rate can rise when a run is resumed.
            Epochs = defaults.Epochs,
            Threads = defaults.Threads,
            CheckpointInterval = defaults.CheckpointInterval,
            Patience = defaults.Patience,
            ValidationInterval = defaults.ValidationInterval,
            TimeBudget = defaults.TimeBudget,
        };
    }

    private static void EnsureSameText(string text, string name, string? begun, string? requested)
    {
        if (begun == requested) return;
        throw new InvalidOptionsException(
            $"The {text} is not the one that this run was started with: its SHA-256 is {requested ?? "none"}, not {begun ?? "none"}. "
            + "Restore the text, or start a new run.",
            name);
    }

    private static string Spell(object? value) => value switch
    {
        null => "none",
        bool flag => flag ? "true" : "false",
        Enum choice => JsonNamingPolicy.KebabCaseLower.ConvertName(choice.ToString()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
