using System.Globalization;
using System.Threading.Channels;
using Aphorist.Cli.CommandLine;
using Microsoft.Extensions.Logging;

namespace Aphorist.Cli.Commands.Serve;

/// <summary>
/// Writes each event as one line to standard error. Requests do not wait for this: if nobody reads standard error, lines are dropped.
/// </summary>
internal sealed class ServeLog : ILoggerProvider, ILogger
{
    private const int MaxLines = 1000;

    // At the end: long enough for a reader that is only slow.
    private static readonly TimeSpan TimeToWrite = TimeSpan.FromSeconds(1);

    private readonly TextWriter error;
    private readonly bool debug;
    private readonly Channel<string> lines = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxLines) { SingleReader = true });
    private readonly Task writing;
    private int dropped;

    /// <param name="error">Standard error.</param>
    /// <param name="debug">Whether to write stack traces.</param>
    public ServeLog(TextWriter error, bool debug)
    {
        (this.error, this.debug) = (error, debug);
        writing = Task.Run(WriteAsync);
    }

    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string cause = exception is null ? ""
            : debug ? $" {exception}"
            : $" {exception.GetType().Name}: {ErrorReport.Plain(exception.Message)}";
        if (!lines.Writer.TryWrite(Line(logLevel, $"{ErrorReport.Plain(formatter(state, exception))}{cause}")))
            Interlocked.Increment(ref dropped);
    }

    /// <summary>Writes what is left, unless nobody reads it.</summary>
    public void Dispose()
    {
        lines.Writer.TryComplete();
        writing.Wait(TimeToWrite);
    }

    private async Task WriteAsync()
    {
        await foreach (string line in lines.Reader.ReadAllAsync())
        {
            Write(line);
            if (Interlocked.Exchange(ref dropped, 0) is > 0 and int count)
                Write(Line(LogLevel.Warning, $"{count} lines of the log were dropped, because standard error was not read."));
        }
    }

    private void Write(string line)
    {
        try
        {
            error.WriteLine(line);
        }
        catch (IOException)
        {
            // Nobody reads standard error any more, and the server still works.
        }
    }

    private static string Line(LogLevel level, string message) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-ddTHH:mm:ss.fffZ} {NameOf(level)} {message}");

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        _ => "info",
    };
}
