using System.Globalization;
using Aphorist.Cli.CommandLine;
using Microsoft.Extensions.Logging;

namespace Aphorist.Cli.Commands.Serve;

/// <summary>Writes each event as one line to standard error.</summary>
/// <param name="error">Standard error.</param>
/// <param name="debug">Whether to write stack traces.</param>
internal sealed class ServeLog(TextWriter error, bool debug) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        string cause = exception is null ? ""
            : debug ? $" {exception}"
            : $" {exception.GetType().Name}: {ErrorReport.Plain(exception.Message)}";
        string line = $"{time} {NameOf(logLevel)} {ErrorReport.Plain(formatter(state, exception))}{cause}";
        try
        {
            lock (error) error.WriteLine(line);
        }
        catch (IOException)
        {
            // Nobody reads standard error any more, and the server still works.
        }
    }

    public void Dispose()
    {
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Critical or LogLevel.Error => "error",
        LogLevel.Warning => "warning",
        _ => "info",
    };
}
