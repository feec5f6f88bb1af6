namespace Aphorist.Peers;

/// <summary>How fast Aphorist and TorchSharp do the notebook's pieces of work, measured in turns within this process.</summary>
internal static class NotebookComparison
{
    public static void Run(int rounds, int threads)
    {
        Console.Write(Machine.Description());
        Comparison[] comparisons =
        [
            TrainingComparison.Run(rounds, threads),
            WritingComparison.RunStateful(rounds),
            WritingComparison.RunStrategies(rounds),
            WritingComparison.RunMany(rounds, threads),
            WritingComparison.RunWindow(rounds, threads),
        ];
        Console.Write(Comparison.Table(comparisons));
    }
}
