using System.Diagnostics;

namespace Aphorist.Cli.Tests;

/// <summary>The command as a process, as a user runs it.</summary>
internal sealed class AphoristProcess : IDisposable
{
    // Slow machines and busy ones must pass too; a hang must still end.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    private AphoristProcess(ProcessStartInfo start, string? input)
    {
        process = Process.Start(start)!;
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
        if (input is not null) process.StandardInput.Write(input);
        process.StandardInput.Close();
    }

    /// <summary>The assembly that the tests were built with.</summary>
    public static string Assembly { get; } = Path.Combine(AppContext.BaseDirectory, "Aphorist.Cli.dll");

    public int Id => process.Id;

    /// <summary>Runs the command to its end.</summary>
    public static Result Run(string folder, params string[] arguments) => RunWith(folder, null, arguments);

    /// <summary>Runs the command to its end, with something on its standard input.</summary>
    public static Result RunWith(string folder, string? input, params string[] arguments)
    {
        using AphoristProcess process = Start(folder, input, arguments);
        return process.Wait();
    }

    /// <summary>Starts the command and lets it run.</summary>
    public static AphoristProcess Start(string folder, string? input, params string[] arguments) =>
        new(StartInfo("dotnet", folder, [Assembly, .. arguments]), input);

    /// <summary>Runs lines of bash, in which aphorist is the command.</summary>
    public static Result RunInBash(string folder, string lines)
    {
        using AphoristProcess process = new(StartInfo("bash", folder, ["-c", $"aphorist() {{ dotnet '{Assembly}' \"$@\"; }}\n{lines}"]), null);
        return process.Wait();
    }

    public Result Wait()
    {
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The command did not end within {Patience}.");
        }

        return new Result(process.ExitCode, output.Result, error.Result);
    }

    /// <summary>Waits until something is true of the running process's work.</summary>
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

    /// <summary>kill -9.</summary>
    public void Kill() => process.Kill();

    public void Dispose()
    {
        if (!process.HasExited) process.Kill();
        process.Dispose();
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

    /// <summary>How a call ended and what it wrote.</summary>
    internal sealed record Result(int ExitCode, string Output, string Error)
    {
        /// <summary>Asserts the exit code, showing what went wrong when it is another.</summary>
        public Result Expect(int exitCode)
        {
            Assert.True(ExitCode == exitCode, $"Exit code {ExitCode} instead of {exitCode}.\n--- output\n{Output}\n--- error\n{Error}");
            return this;
        }

        /// <summary>Asserts that the call failed with one sentence that says this, without a stack trace, and with nothing on standard output.</summary>
        public void ExpectSentence(int exitCode, params string[] parts)
        {
            Expect(exitCode);
            string sentence = Assert.Single(Error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("aphorist: ", StringComparison.Ordinal));
            foreach (string part in parts) Assert.Contains(part, sentence, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
            Assert.DoesNotContain("should not have", Error, StringComparison.Ordinal);
            Assert.Equal("", Output);
        }
    }
}
