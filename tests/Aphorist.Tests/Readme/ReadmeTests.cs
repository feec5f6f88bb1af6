using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Xunit;

namespace Aphorist.Tests.Readme;

public sealed partial class ReadmeTests
{
    private const string ChineseTraining = " fables-zh --tied --dropout 0.6 --weight-decay 0.1 --minutes 2";

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void Example_InTheReadme_IsTheOneThatCompiles(string readme)
    {
        Assert.Equal(Assert.Single(Compiled("ReadmeExample.cs")), Shown(readme)[0]);
    }

    [Fact]
    public void Examples_InThePackageReadme_AreThoseThatCompile()
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

    /// <summary>Returns the examples in a file of this folder.</summary>
    private static string[] Compiled(string file) => Between(File.ReadAllText(Path.Combine(Folder(), file)), "// begin\n", "// end");

    /// <summary>Returns the examples in a README, without their using directives.</summary>
    private static string[] Shown(string readme) =>
        Between(File.ReadAllText(Path.Combine(Folder(), "../../..", readme)), "```csharp\n", "```");

    private static string[] Between(string text, string begin, string end) =>
        [.. text.ReplaceLineEndings("\n").Split(begin).Skip(1).Select(part => Trimmed(part.Split(end)[0]))];

    /// <summary>
    /// Returns the commands in a README. The Chinese README trains on the Chinese fables, with the options that Chinese needs, and
    /// continues a Chinese prompt. They are replaced by those of the English README.
    /// </summary>
    private static string[] CommandsOf(string readme) =>
        [.. File.ReadAllLines(Path.Combine(Folder(), "../../..", readme))
            .Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal) || line.StartsWith("aphorist ", StringComparison.Ordinal))
            .Select(line => line.Split(" #")[0].TrimEnd())
            .Select(line => line.Replace(ChineseTraining, "", StringComparison.Ordinal))
            .Select(line => line.Replace("fables-zh", "fables", StringComparison.Ordinal))
            .Select(line => ChinesePrompt().Replace(line, "--prompt \"The fox \""))];

    private static string Trimmed(string code) => string.Join(
        '\n',
        code.Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0 && !line.StartsWith("using Aphorist", StringComparison.Ordinal)));

    [GeneratedRegex("--prompt \"[^\"]*\\p{IsCJKUnifiedIdeographs}[^\"]*\"")]
    private static partial Regex ChinesePrompt();

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
