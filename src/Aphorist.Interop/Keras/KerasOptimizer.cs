using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>What a Keras model was compiled with to be trained. It is told, not taken along: what the optimizer had accumulated stays in the file.</summary>
/// <param name="Name">Keras's name of the optimizer, such as RMSprop.</param>
/// <param name="LearningRate">Its learning rate; null if that is a schedule or unknown.</param>
public sealed record KerasOptimizer(string Name, double? LearningRate)
{
    /// <summary>Reads it from a training configuration; null if that names none.</summary>
    internal static KerasOptimizer? Read(JsonElement training)
    {
        if ((KerasJson.Object(training, "optimizer_config") ?? KerasJson.Object(training, "optimizer")) is not { } optimizer) return null;
        if (KerasJson.Text(optimizer, "class_name") is not { Length: > 0 } name) return null;
        JsonElement config = KerasJson.Object(optimizer, "config") ?? optimizer;
        return new(name, KerasJson.Number(config, "learning_rate") ?? KerasJson.Number(config, "lr"));
    }
}
