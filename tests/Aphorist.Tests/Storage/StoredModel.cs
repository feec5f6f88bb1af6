using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>A model's file in a folder of its own, as it is saved or with something changed in it.</summary>
internal sealed class StoredModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public string Path => folder["model.safetensors"];

    /// <summary>The path of another file in the folder.</summary>
    public string Beside(string relative) => folder[relative];

    /// <summary>Saves a model and loads it.</summary>
    public LanguageModel Reload(LanguageModel model)
    {
        model.Save(Path);
        return LanguageModel.Load(Path);
    }

    /// <summary>Returns the message of the error that loading causes, and checks that it names the file.</summary>
    public string LoadError()
    {
        string message = Assert.Throws<ModelFileException>(() => LanguageModel.Load(Path)).Message;
        Assert.Contains(Path, message, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Saves a model with other words in its description.</summary>
    public void SaveChanged(LanguageModel model, string before, string after) => Save(model, description =>
    {
        Assert.Contains(before, description, StringComparison.Ordinal);
        return description.Replace(before, after, StringComparison.Ordinal);
    });

    /// <summary>Saves a model with something changed in its file.</summary>
    public void Save(
        LanguageModel model,
        Func<string, string?>? describe = null,
        Func<string, string>? rename = null,
        string? extra = null,
        Action<string, float[]>? values = null)
    {
        string original = Beside("original.safetensors");
        model.Save(original);
        using SafetensorsReader reader = SafetensorsReader.Open(original);
        using SafetensorsWriter writer = new(Path);
        rename ??= name => name;
        string description = reader.Metadata["aphorist"];
        if ((describe is null ? description : describe(description)) is { } changed) writer.SetMetadata("aphorist", changed);
        foreach (SafetensorsTensor tensor in reader.Tensors) writer.Declare(rename(tensor.Name), [.. tensor.Shape]);
        if (extra is not null) writer.Declare(extra, 1);
        foreach (SafetensorsTensor tensor in reader.Tensors)
        {
            float[] buffer = new float[tensor.Count];
            reader.Read(tensor.Name, buffer);
            values?.Invoke(tensor.Name, buffer);
            writer.Write(rename(tensor.Name), buffer);
        }

        if (extra is not null) writer.Write(extra, [1f]);
        writer.Commit();
    }

    public void Dispose() => folder.Dispose();
}
