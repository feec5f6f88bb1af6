namespace Aphorist.Cli.CommandLine;

/// <summary>Tells in one sentence what went wrong.</summary>
internal static class ErrorReport
{
    /// <summary>Writes the sentence, and the stack trace when debugging, and returns the exit code.</summary>
    public static int Write(Exception exception, TextWriter error, bool debug)
    {
        error.WriteLine($"aphorist: {SentenceOf(exception, debug)}");
        if (debug) error.WriteLine(exception);
        return exception is UsageException ? ExitCode.WrongCall : ExitCode.Failed;
    }

    /// <summary>What went wrong, in one sentence.</summary>
    public static string SentenceOf(Exception exception, bool debug)
    {
        if (exception is OutOfMemoryException) return "There is not enough memory for this: make the model, the batch, the window or the sequence smaller.";
        string message = (exception is InvalidOptionsException options ? OptionFlags.MessageOf(options) : exception.Message).ReplaceLineEndings(" ");
        if (IsExpected(exception)) return message;
        return $"Something went wrong that should not have: {message.TrimEnd('.')}{(debug ? "." : " (--debug tells more).")}";
    }

    /// <summary>Failures that the library or the system describe well enough for whoever made the call.</summary>
    private static bool IsExpected(Exception exception) => exception
        is UsageException
        or AphoristException
        or IOException
        or InvalidDataException
        or UnauthorizedAccessException
        or PlatformNotSupportedException
        // With a parameter's name it would be meant for programmers.
        or ArgumentException { ParamName: null };
}
