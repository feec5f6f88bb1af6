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
        Assert.Equal(Assert.Single(Compiled("ReadmeExample.cs")), Shown(readme)[0]);
    }

    [Fact]
    public void Examples_InThePackagesReadme_AreThoseThatCompile()
    {
        string[] compiled = Compiled("PackageReadmeExample.cs");

        Assert.Equal(2, compiled.Length);
        Assert.Equal(compiled, Shown("src/Aphorist/README.md"));
    }

    [Fact]
    public void Commands_InBothReadmes_AreTheSame()
    {
        Assert.Equal(CommandsOf("README.md"), CommandsOf("README.zh-CN.md"));
        Assert.NotEmpty(CommandsOf("README.md"));
    }

    /// <summary>The examples in a file of this folder.</summary>
    private static string[] Compiled(string file) => Between(File.ReadAllText(Path.Combine(Folder(), file)), "// begin\n", "// end");

    /// <summary>The examples that a README shows, without the namespaces that they use.</summary>
    private static string[] Shown(string readme) => Between(File.ReadAllText(Path.Combine(Folder(), "../../..", readme)), "```csharp\n", "```");

    private static string[] Between(string text, string begin, string end) =>
        [.. text.ReplaceLineEndings("\n").Split(begin).Skip(1).Select(part => Trimmed(part.Split(end)[0]))];

    private static string[] CommandsOf(string readme) =>
        [.. File.ReadAllLines(Path.Combine(Folder(), "../../..", readme))
            .Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal) || line.StartsWith("aphorist ", StringComparison.Ordinal))
            .Select(line => line.Split(" #")[0].TrimEnd())];

    private static string Trimmed(string code) => string.Join(
        '\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("using Aphorist.", StringComparison.Ordinal)));

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
