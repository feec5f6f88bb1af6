namespace Aphorist.Cli.CommandLine;

/// <summary>The exit codes of the command.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>The work failed, for example because a file cannot be read.</summary>
    public const int Failed = 1;

    /// <summary>The call is wrong; nothing was done.</summary>
    public const int WrongCall = 2;

    /// <summary>Interrupted by Ctrl-C or a request to terminate: 128 plus 2, the number of the signal SIGINT.</summary>
    public const int Interrupted = 130;
}
