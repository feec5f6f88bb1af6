using System.Runtime.CompilerServices;
using Xunit;

namespace Aphorist.Distributed.Tests.Mpi;

public sealed class ClusterSampleTests
{
    [Fact]
    public void Example_InThePackageReadme_IsTheSample()
    {
        string sample = Read("samples/Cluster/Program.cs");
        string[] examples = Read("src/Aphorist.Distributed/README.md").Split("```csharp\n");
        Assert.Equal(2, examples.Length);
        Assert.Equal(sample[sample.IndexOf("using ", StringComparison.Ordinal)..], examples[1].Split("```")[0]);
    }

    private static string Read(string path, [CallerFilePath] string here = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path)).ReplaceLineEndings("\n");
}
