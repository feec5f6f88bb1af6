using System.Text.Json;
using Aphorist.Interop.Keras;

namespace Aphorist.Interop;

/// <summary>The optimizer of a Keras model.</summary>
/// <param name="Name">The name in Keras, for example RMSprop.</param>
/// <param name="LearningRate">The learning rate; null if it is a schedule or unknown.</param>
public sealed record KerasOptimizer(string Name, double? LearningRate)
{
    // Keras stores constants as floats.
    private const double Rounding = 1e-6;

    /// <summary>The decoupled weight decay; null if there is none.</summary>
    public double? WeightDecay { get; private init; }

    /// <summary>Reads the optimizer of a training configuration; null if there is none.</summary>
    internal static KerasOptimizer? Read(JsonElement training)
    {
        if (Find(training) is not (string name, JsonElement config)) return null;
        return new(name, KerasJson.Number(config, "learning_rate") ?? KerasJson.Number(config, "lr"))
        {
            WeightDecay = KerasJson.Number(config, "weight_decay") is > 0 and double decay ? decay : null,
        };
    }

    /// <summary>Returns our names of its moments; null if this library has no such optimizer.</summary>
    internal static IReadOnlyList<string>? ReadMoments(JsonElement training) =>
        Find(training) is (string name, JsonElement config) && !IsSet(config, "use_ema") ? MomentsOf(name, config) : null;

    private static (string Name, JsonElement Config)? Find(JsonElement training)
    {
        if ((KerasJson.Object(training, "optimizer_config") ?? KerasJson.Object(training, "optimizer")) is not { } optimizer) return null;
        return KerasJson.Text(optimizer, "class_name") is { Length: > 0 } name
            ? (name, KerasJson.Object(optimizer, "config") ?? optimizer)
            : null;
    }

    private static IReadOnlyList<string>? MomentsOf(string name, JsonElement config) => name switch
    {
        "RMSprop" when Has(config, "rho", 0.9) && Has(config, "momentum", 0) && !IsSet(config, "centered") =>
            [OptimizerState.RmsPropMeanSquare],
        "Adam" or "AdamW" when Has(config, "beta_1", 0.9) && Has(config, "beta_2", 0.999) && !IsSet(config, "amsgrad") =>
            [OptimizerState.AdamMean, OptimizerState.AdamMeanSquare],
        "SGD" when Has(config, "momentum", 0.9) && IsSet(config, "nesterov") && Has(config, "decay", 0) => [OptimizerState.SgdMomentum],
        _ => null,
    };

    /// <summary>Whether a constant has our value. It is missing in versions without this option, which have our value.</summary>
    private static bool Has(JsonElement config, string name, double value) =>
        Math.Abs((KerasJson.Number(config, name) ?? value) - value) < Rounding;

    private static bool IsSet(JsonElement config, string name) => KerasJson.Member(config, name)?.ValueKind == JsonValueKind.True;
}
