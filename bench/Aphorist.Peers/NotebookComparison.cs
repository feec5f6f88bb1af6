namespace Aphorist.Peers;

/// <summary>Compares training and generation with the `notebook` preset in Aphorist and TorchSharp, alternately in this process.</summary>
internal static class NotebookComparison
{
    public static void Run(int rounds, int threads)
    {
        Console.Write(Machine.Description());
        Comparison[] comparisons =
        [
            TrainingComparison.Run(rounds, threads),
            GenerationComparison.RunStateful(rounds),
            GenerationComparison.RunStrategies(rounds),
            GenerationComparison.RunMany(rounds, threads),
            GenerationComparison.RunWindow(rounds, threads),
        ];
        Console.Write(Comparison.Table(comparisons));
    }
}
