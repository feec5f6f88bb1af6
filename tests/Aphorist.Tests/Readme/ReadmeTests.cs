using System.Runtime.CompilerServices;
using Xunit;

namespace Aphorist.Tests.Readme;

public sealed class ReadmeTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Example_InTheReadme_IsTheOneThatCompiles(string readme)
    {
        string text = File.ReadAllText(Path.Combine(Folder(), "../../..", readme)).ReplaceLineEndings("\n");
        string block = text.Split("```csharp\n")[1].Split("```")[0];
        string shown = block[block.IndexOf("Corpus corpus", StringComparison.Ordinal)..];

        Assert.Equal(Trimmed(Compiled()), Trimmed(shown));
    }

    [Fact]
    public void Commands_InBothReadmes_AreTheSame()
    {
        Assert.Equal(CommandsOf("README.md"), CommandsOf("README.zh-CN.md"));
        Assert.NotEmpty(CommandsOf("README.md"));
    }

    private static string Compiled()
    {
        string source = File.ReadAllText(Path.Combine(Folder(), "ReadmeExample.cs")).ReplaceLineEndings("\n");
        return source.Split("// begin\n")[1].Split("// end")[0];
    }

    private static string[] CommandsOf(string readme) =>
        [.. File.ReadAllLines(Path.Combine(Folder(), "../../..", readme))
            .Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal) || line.StartsWith("aphorist ", StringComparison.Ordinal))
            .Select(line => line.Split(" #")[0].TrimEnd())];

    private static string[] Trimmed(string code) => [.. code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
