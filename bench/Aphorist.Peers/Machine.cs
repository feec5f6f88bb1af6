using System.Reflection;
using System.Runtime.InteropServices;
using Aphorist.Numerics;
using TorchSharp;

namespace Aphorist.Peers;

/// <summary>Describes the machine and the library versions of a measurement.</summary>
internal static class Machine
{
    private const string ProcessorFile = "/proc/cpuinfo";

    public static string Description() =>
        $"""
        {ProcessorName()}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSDescription}
        {RuntimeInformation.FrameworkDescription}
        Aphorist {VersionOf(typeof(LanguageModel))} with {InstructionSet.Current.Name}
        TorchSharp {VersionOf(typeof(torch))} with libtorch {torch.__version__}


        """;

    private static string ProcessorName()
    {
        string? line = File.Exists(ProcessorFile) ? File.ReadLines(ProcessorFile).FirstOrDefault(IsModelName) : null;
        return line is null
            ? RuntimeInformation.ProcessArchitecture.ToString()
            : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();

        static bool IsModelName(string line) => line.StartsWith("model name", StringComparison.Ordinal);
    }

    private static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "?";
}
