using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Aphorist.Training.Runs;

/// <summary>A run as it can be taken up again: a safetensors file of the arenas, with the state as JSON in its metadata.</summary>
internal static class Checkpoint
{
    private const string StateKey = "aphorist.training";

    /// <summary>Writes a checkpoint; a kill at any moment leaves the previous one or this one.</summary>
    public static void Save(string path, TrainingState state, TrainingSnapshot arenas)
    {
        using SafetensorsWriter file = new(path);
        file.SetMetadata(StateKey, JsonSerializer.Serialize(state, CheckpointJson.Default.TrainingState));
        foreach ((string name, Memory<float> values) in arenas.Named) file.Declare(name, values.Length);
        foreach ((string name, Memory<float> values) in arenas.Named) file.Write(name, values.Span);
        file.Commit();
    }

    /// <summary>Reads a checkpoint of the run that <paramref name="identity"/> tells.</summary>
    /// <exception cref="ModelFileException">The file is damaged, no checkpoint, or of a newer version of this library.</exception>
    /// <exception cref="ArgumentException">It belongs to a run with another corpus or other options.</exception>
    public static TrainingState Load(string path, RunIdentity identity, TrainingSnapshot arenas)
    {
        using SafetensorsReader file = SafetensorsReader.Open(path);
        TrainingState state = ReadState(file);
        if (state.Identity != identity) throw new ArgumentException(Difference(state.Identity, identity));
        foreach ((string name, Memory<float> values) in arenas.Named) file.Read(name, values.Span);
        return state;
    }

    private static TrainingState ReadState(SafetensorsReader file)
    {
        try
        {
            if (file.Metadata.TryGetValue(StateKey, out string? json)
                && JsonSerializer.Deserialize(json, CheckpointJson.Default.TrainingState) is { } state)
                return Understand(file, state);
        }
        catch (JsonException exception)
        {
            throw new ModelFileException(file.Path, "its training state is damaged", exception);
        }

        throw new ModelFileException(file.Path, "it is no checkpoint of a training run");
    }

    private static TrainingState Understand(SafetensorsReader file, TrainingState state)
    {
        if (state.FormatVersion > RunFormat.Current)
            throw new ModelFileException(file.Path, $"its format version is {state.FormatVersion} and this program reads up to {RunFormat.Current}; update Aphorist");
        return state with { FormatVersion = RunFormat.Current, Identity = state.Identity with { Model = RunFormat.Meant(state.Identity.Model, state.FormatVersion) } };
    }

    private static string Difference(RunIdentity saved, RunIdentity wanted) =>
        saved.CorpusSha256 != wanted.CorpusSha256 ? "The corpus is not the one this run was begun with; resume with the same text, or begin a new run."
        : saved.ValidationSha256 != wanted.ValidationSha256 ? "The validation text is not the one this run was begun with; resume with the same text, or begin a new run."
        : $"The run was begun with {DifferentOption(AsJson(saved), AsJson(wanted))}; resume with the same options, or begin a new run.";

    private static JsonObject AsJson(RunIdentity identity) => JsonSerializer.SerializeToNode(identity, CheckpointJson.Default.RunIdentity)!.AsObject();

    /// <summary>The first option that two runs do not have in common.</summary>
    private static string DifferentOption(JsonObject saved, JsonObject wanted)
    {
        (string name, JsonNode? value) = saved.First(option => !JsonNode.DeepEquals(option.Value, wanted[option.Key]));
        return value is JsonObject nested && wanted[name] is JsonObject other
            ? DifferentOption(nested, other)
            : $"{name} {value?.ToJsonString() ?? "null"}, not with {wanted[name]?.ToJsonString() ?? "null"}";
    }
}

[JsonSourceGenerationOptions(RespectNullableAnnotations = true)]
[JsonSerializable(typeof(TrainingState))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
