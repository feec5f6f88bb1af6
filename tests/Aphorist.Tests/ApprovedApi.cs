using System.Reflection;
using System.Runtime.CompilerServices;
using PublicApiGenerator;
using Xunit;

namespace Aphorist.Tests;

/// <summary>Compares the public API of a library with a reviewed text file, so that it does not change by accident.</summary>
internal static class ApprovedApi
{
    // The compiler numbers the state machine of an async method by all members before it, private ones too.
    private static readonly ApiGeneratorOptions Options = new()
    {
        IncludeAssemblyAttributes = false,
        ExcludeAttributes = [typeof(AsyncIteratorStateMachineAttribute).FullName!],
    };

    /// <summary>Compares an assembly's public API with PublicApi.approved.txt in the folder of the test that asks.</summary>
    public static void AssertIsThatOf(Assembly assembly, [CallerFilePath] string test = "")
    {
        string path = Path.Combine(Path.GetDirectoryName(test)!, "PublicApi.approved.txt");
        string api = assembly.GeneratePublicApi(Options);
        api = api.ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("APHORIST_APPROVE") == "1") File.WriteAllText(path, api);
        string approved = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        Assert.True(
            api == approved,
            $"The public API has changed:\n{Changes(approved, api)}\n" +
            $"To approve the change, run this test with APHORIST_APPROVE=1 and commit {path}.");
    }

    private static string Changes(string approved, string api)
    {
        string[] before = approved.Split('\n'), now = api.Split('\n');
        return string.Join(
            '\n', [.. before.Except(now).Select(line => $"- {line.Trim()}"), .. now.Except(before).Select(line => $"+ {line.Trim()}")]);
    }
}
