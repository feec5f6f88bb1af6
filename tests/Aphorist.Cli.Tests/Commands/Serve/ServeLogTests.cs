using System.Collections.Concurrent;
using Aphorist.Cli.Commands.Serve;
using Microsoft.Extensions.Logging;

namespace Aphorist.Cli.Tests.Commands.Serve;

public sealed class ServeLogTests
{
    [Fact]
    public void Lines_WhileNobodyReads_DelayNobodyAndAreCountedWhenDropped()
    {
        StuckWriter error = new();
        using ServeLog log = new(error, debug: false);
        // The first one is stuck before the others come.
        Write(log, "line");
        error.Stuck.Wait(TestContext.Current.CancellationToken);
        for (int line = 0; line < 1500; line++) Write(log, "line");
        Assert.Empty(error.Lines);
        error.Released.Set();

        SpinWait.SpinUntil(() => error.Lines.Count >= 1002, TimeSpan.FromMinutes(1));
        Assert.Equal(1002, error.Lines.Count);
        const string Dropped = " warning 500 lines of the log were dropped, because standard error was not read.";
        Assert.Single(error.Lines, line => line!.EndsWith(Dropped, StringComparison.Ordinal));
    }

    [Fact]
    public void Dispose_WhileNobodyReads_Returns()
    {
        StuckWriter error = new();
        using (ServeLog log = new(error, debug: false)) Write(log, "line");

        Assert.Empty(error.Lines);
        error.Released.Set();
    }

    [Fact]
    public void Line_WithControlCharacters_IsOneLine()
    {
        StuckWriter error = new();
        error.Released.Set();
        using (ServeLog log = new(error, debug: false)) Write(log, "/x\n\e[31m", new IOException("a\nb"));

        Assert.Matches(@"^\S+Z warning /x \\u001B\[31m IOException: a b$", Assert.Single(error.Lines));
    }

    private static void Write(ServeLog log, string message, Exception? exception = null) =>
        log.Log(LogLevel.Warning, default, message, exception, (state, _) => state);

    /// <summary>Standard error that is not read until it is released.</summary>
    private sealed class StuckWriter : StringWriter
    {
        public ManualResetEventSlim Stuck { get; } = new();

        public ManualResetEventSlim Released { get; } = new();

        public ConcurrentQueue<string?> Lines { get; } = [];

        public override void WriteLine(string? value)
        {
            Stuck.Set();
            Released.Wait();
            Lines.Enqueue(value);
        }
    }
}
