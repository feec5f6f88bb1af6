namespace Aphorist.Training.Runs;

/// <summary>The version in which a run is recorded, in options.json and in checkpoints. It is raised where records of before mean something else.</summary>
internal static class RunFormat
{
    /// <summary>The version that is written. The first records said none, and are read as 0.</summary>
    public const int Current = 1;

    /// <summary>A shape as it was meant: in version 0 the gates' activation was recorded of all layers, but only LSTMs had a choice.</summary>
    public static ModelSpec Meant(ModelSpec recorded, int version) =>
        version == 0 && recorded.Architecture != Architecture.Lstm ? recorded with { Gates = GateActivation.Sigmoid } : recorded;
}
