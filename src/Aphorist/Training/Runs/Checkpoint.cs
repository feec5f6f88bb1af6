using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Aphorist.Training.Runs;

/// <summary>
/// The file from which a run resumes: a safetensors file with the arrays of the run, and its <see cref="TrainingState"/> as JSON metadata.
/// </summary>
internal static class Checkpoint
{
    private const string StateKey = "aphorist.training";

    /// <summary>Writes a checkpoint. If the process is killed, the file is the previous one or this one, whole.</summary>
    public static void Save(string path, TrainingState state, TrainingSnapshot snapshot)
    {
        using SafetensorsWriter file = new(path);
        file.SetMetadata(StateKey, Serialize(state));
        foreach ((string name, Memory<float> values) in snapshot.Named) file.Declare(name, values.Length);
        foreach ((string name, Memory<float> values) in snapshot.Named) file.Write(name, values.Span);
        file.Commit();
    }

    /// <summary>Reads the checkpoint of a run.</summary>
    /// <exception cref="ModelFileException">The file is damaged, not a checkpoint, or of another format version.</exception>
    /// <exception cref="InvalidOptionsException">It belongs to a run with another corpus or other options.</exception>
    public static TrainingState Load(string path, RunIdentity identity, TrainingSnapshot snapshot)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        TrainingState state = ReadState(file);
        state.Identity.EnsureSame(identity);
        foreach ((string name, Memory<float> values) in snapshot.Named) file.Read(name, values.Span);
        return state;
    }

    /// <summary>Reads the training state of a checkpoint without its arrays.</summary>
    /// <exception cref="ModelFileException">The file is damaged, not a checkpoint, or of another format version.</exception>
    public static TrainingState ReadState(string path)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        return ReadState(file);
    }

    /// <summary>The training state as JSON, for another process.</summary>
    public static string Serialize(TrainingState state) => JsonSerializer.Serialize(state, CheckpointJson.Default.TrainingState);

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    public static TrainingState Parse(string json) => JsonSerializer.Deserialize(json, CheckpointJson.Default.TrainingState)!;

    private static TrainingState ReadState(SafetensorsReader file)
    {
        if (!file.Metadata.TryGetValue(StateKey, out string? json))
            throw new ModelFileException(file.Path, "it is not a checkpoint of a training run");
        try
        {
            EnsureVersion(file, JsonNode.Parse(json));
            return JsonSerializer.Deserialize(json, CheckpointJson.Default.TrainingState) ?? throw new JsonException();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ModelFileException(file.Path, "its training state is damaged", exception);
        }
    }

    // The version is checked before the rest, which another version may write differently.
    private static void EnsureVersion(SafetensorsReader file, JsonNode? state)
    {
        if (state is not JsonObject || state[nameof(TrainingState.FormatVersion)] is not { } version) return;
        if (version.GetValue<int>() == TrainingState.CurrentFormatVersion) return;
        throw new ModelFileException(
            file.Path,
            $"it has format version {version}, but this version of Aphorist reads version {TrainingState.CurrentFormatVersion}; "
            + "start a new run");
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
