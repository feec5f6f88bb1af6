namespace Aphorist.Server.Tests.Models;

/// <summary>A new folder with small untrained models, deleted when the test is over.</summary>
internal sealed class ModelFolder : IDisposable
{
    public const string Characters = "abcdefghijklmnopqrstuvwxyz \n";

    public string Path { get; } = Directory.CreateTempSubdirectory("aphorist-models-").FullName;

    /// <summary>The full path of a file or folder in it. Parts are separated by '/'.</summary>
    public string this[string relative] => System.IO.Path.Combine([Path, .. relative.Split('/')]);

    public static LanguageModel Create(ulong seed = 0, int hiddenSize = 8) =>
        LanguageModel.Create(new ModelSpec { HiddenSize = hiddenSize, Window = 10 }, CharacterTokenizer.FromCharacters(Characters), seed);

    /// <summary>Writes a model as the library does, by renaming, and returns its full path.</summary>
    public string Save(string relative, ulong seed = 0, int hiddenSize = 8)
    {
        string path = this[relative];
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        Create(seed, hiddenSize).Save(path);
        return path;
    }

    /// <summary>Writes a model in place of another and makes sure that the time of the file differs.</summary>
    public static void Replace(string path, ulong seed, int hiddenSize = 8)
    {
        DateTime before = File.GetLastWriteTimeUtc(path);
        Create(seed, hiddenSize).Save(path);
        File.SetLastWriteTimeUtc(path, before.AddSeconds(5));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
