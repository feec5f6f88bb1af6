using System.Text;

namespace Aphorist.Tests;

/// <summary>A folder of its own for one test, gone when the test is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("aphorist-test-").FullName;

    /// <summary>The path of a file, or of a folder, in it.</summary>
    public string File(string relative) => System.IO.Path.Combine([Path, .. relative.Split('/')]);

    public string[] FileNames() => [.. Directory.EnumerateFiles(Path).Select(file => System.IO.Path.GetFileName(file)).Order()];

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string relative, byte[] bytes)
    {
        string path = File(relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Writes a file and returns its path.</summary>
    public string Write(string relative, string text) => Write(relative, Encoding.UTF8.GetBytes(text));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
