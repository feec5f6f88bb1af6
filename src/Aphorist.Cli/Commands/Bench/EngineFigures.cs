namespace Aphorist.Cli.Commands.Bench;

/// <summary>What the engine does on this machine.</summary>
/// <param name="Kernel">The instruction set used.</param>
/// <param name="Threads">Threads used where all are.</param>
/// <param name="PeakOneThread">Multiply-adds in registers, one thread, in floating-point operations per second.</param>
/// <param name="Peak">The same with all threads at once.</param>
/// <param name="Product">The notebook's recurrent product for one shard, one thread, in operations per second.</param>
/// <param name="Step">Seconds of one notebook training step, everything included; the median.</param>
/// <param name="StepOperations">Floating-point operations of a step's matrix products.</param>
/// <param name="Epoch">Seconds an epoch of the notebook would take.</param>
/// <param name="Writing">How fast it writes.</param>
internal sealed record EngineFigures(
    string Kernel,
    int Threads,
    double PeakOneThread,
    double Peak,
    double Product,
    double Step,
    double StepOperations,
    double Epoch,
    WritingFigures Writing)
{
    public double ProductShare => Product / PeakOneThread;

    public double StepShare => StepOperations / Step / Peak;
}
