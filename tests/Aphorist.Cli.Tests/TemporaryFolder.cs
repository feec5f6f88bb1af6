
namespace Aphorist.Cli.Tests;

/// <summary>A folder of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aphorist-").FullName;

    /// <summary>The full path of something in the folder.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Writes a file and returns its name.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(this[name], text);
        return name;
    }

    /// <summary>Writes a file and returns its name.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return name;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
