using System.Diagnostics;
using System.Text;

namespace Aphorist.Cli.Tests;

/// <summary>The command as a process: for tests of signals, pipes, terminals, start-up and the working folder.</summary>
internal sealed class AphoristProcess : IDisposable
{
    // Long enough for a slow or busy machine, and a hang still ends.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly StringBuilder outputSoFar = new(), errorSoFar = new();
    private readonly Task output, error;

    private AphoristProcess(ProcessStartInfo start, string? input)
    {
        process = Process.Start(start)!;
        output = CollectAsync(process.StandardOutput, outputSoFar);
        error = CollectAsync(process.StandardError, errorSoFar);
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
    }

    /// <summary>The assembly that the tests were built with.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "Aphorist.Cli.dll");

    public int Id => process.Id;

    /// <summary>What the process has written to standard output until now.</summary>
    public string OutputSoFar => TextOf(outputSoFar);

    /// <summary>What the process has written to standard error until now.</summary>
    public string ErrorSoFar => TextOf(errorSoFar);

    /// <summary>Runs the command to its end.</summary>
    public static CommandResult Run(string folder, params string[] arguments) => RunWith(folder, null, arguments);

    /// <summary>Runs the command to its end, with a text on its standard input.</summary>
    public static CommandResult RunWith(string folder, string? input, params string[] arguments)
    {
        using AphoristProcess process = Start(folder, input, arguments);
        return process.Wait();
    }

    /// <summary>Starts the command and lets it run.</summary>
    public static AphoristProcess Start(string folder, string? input, params string[] arguments) =>
        new(StartInfo("dotnet", folder, [Assembly, .. arguments]), input);

    /// <summary>Starts the command with environment variables of its own and lets it run.</summary>
    public static AphoristProcess StartWith(string folder, (string Name, string Value)[] variables, params string[] arguments)
    {
        ProcessStartInfo start = StartInfo("dotnet", folder, [Assembly, .. arguments]);
        foreach ((string name, string value) in variables) start.Environment[name] = value;
        return new(start, null);
    }

    /// <summary>Starts a program in several processes with the mpiexec of this machine and lets it run.</summary>
    public static AphoristProcess StartRanks(int count, string folder, params string[] program)
    {
        ProcessStartInfo start = StartInfo("mpiexec", folder, ["-n", $"{count}", .. program]);
        // Open MPI refuses to start as root, and more processes than processors.
        foreach (string name in new[] { "OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "OMPI_MCA_rmaps_base_oversubscribe" })
            start.Environment[name] = "1";
        return new(start, null);
    }

    /// <summary>Runs lines of bash in which `aphorist` is the command.</summary>
    public static CommandResult RunInBash(string folder, string lines)
    {
        using AphoristProcess process = new(
            StartInfo("bash", folder, ["-c", $"aphorist() {{ dotnet '{Assembly}' \"$@\"; }}\n{lines}"]), null);
        return process.Wait();
    }

    public CommandResult Wait()
    {
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The command did not end within {Patience}.");
        }

        Task.WaitAll(output, error);
        return new CommandResult(process.ExitCode, OutputSoFar, ErrorSoFar);
    }

    /// <summary>Waits until a condition holds, while the process runs.</summary>
    public void WaitUntil(Func<bool> condition)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.False(process.HasExited, "The command ended too early.");
            Assert.True(waited.Elapsed < Patience, $"Nothing happened within {Patience}.");
            Thread.Sleep(20);
        }
    }

    /// <summary>What Ctrl-C sends.</summary>
    public void Interrupt() => Process.Start("kill", ["-INT", $"{process.Id}"]).WaitForExit();

    /// <summary>What a service manager sends.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", $"{process.Id}"]).WaitForExit();

    /// <summary>kill -9.</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
    }

    private static async Task CollectAsync(StreamReader reader, StringBuilder text)
    {
        char[] block = new char[4096];
        while (await reader.ReadAsync(block) is > 0 and int count)
            lock (text) text.Append(block, 0, count);
    }

    private static string TextOf(StringBuilder text)
    {
        lock (text) return text.ToString();
    }

    private static ProcessStartInfo StartInfo(string program, string folder, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Never the user's own files.
        start.Environment["APHORIST_CORPORA"] = Path.GetFullPath(Path.Combine(folder, "downloads"));
        start.Environment["APHORIST_PREPARED"] = Path.GetFullPath(Path.Combine(folder, "prepared"));
        start.Environment["DOTNET_gcServer"] = "0";
        return start;
    }
}
