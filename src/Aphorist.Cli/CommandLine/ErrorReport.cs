using Aphorist.Text;

namespace Aphorist.Cli.CommandLine;

/// <summary>Tells in one sentence what went wrong.</summary>
internal static class ErrorReport
{
    /// <summary>Writes the sentence, and the stack trace when debugging, and returns the exit code.</summary>
    public static int Write(Exception exception, TextWriter error, bool debug)
    {
        error.WriteLine($"aphorist: {SentenceOf(exception, debug)}");
        if (debug) error.WriteLine(exception);
        return exception is WrongCallException ? ExitCode.WrongCall : ExitCode.Failed;
    }

    private static string SentenceOf(Exception exception, bool debug)
    {
        string message = OneLine(exception);
        if (IsExpected(exception)) return message;
        return $"Something went wrong that should not have: {message.TrimEnd('.')}{(debug ? "." : " (--debug tells more).")}";
    }

    /// <summary>Failures that the library or the system describe well enough for whoever made the call.</summary>
    private static bool IsExpected(Exception exception) => exception
        is WrongCallException
        or CorpusException
        or UnknownCharacterException
        or IOException
        or InvalidDataException
        or UnauthorizedAccessException;

    /// <summary>The message without what only programmers understand.</summary>
    public static string OneLine(Exception exception)
    {
        string message = exception.Message.ReplaceLineEndings(" ");
        if (exception is ArgumentException { ParamName: string parameter })
            message = message.Replace($" (Parameter '{parameter}')", "", StringComparison.Ordinal);
        return message;
    }
}
