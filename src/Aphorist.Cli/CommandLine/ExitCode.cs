namespace Aphorist.Cli.CommandLine;

/// <summary>What the command tells the shell when it ends.</summary>
internal static class ExitCode
{
    /// <summary>The work is done.</summary>
    public const int Done = 0;

    /// <summary>The work failed.</summary>
    public const int Failed = 1;

    /// <summary>The call is wrong: nothing was tried.</summary>
    public const int WrongCall = 2;

    /// <summary>Ctrl-C, which shells count as 128 and the signal's number, 2; a request to terminate, too.</summary>
    public const int Interrupted = 130;
}
