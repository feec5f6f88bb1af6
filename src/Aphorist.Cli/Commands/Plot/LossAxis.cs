namespace Aphorist.Cli.Commands.Plot;

/// <summary>What losses are drawn over.</summary>
internal enum LossAxis
{
    /// <summary>Epochs.</summary>
    Epoch,

    /// <summary>Seconds of training since the run began.</summary>
    Seconds,
}
