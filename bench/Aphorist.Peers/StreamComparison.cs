using System.Globalization;

namespace Aphorist.Peers;

/// <summary>One training step on a stream, everything included, over kinds, sizes and depths of network.</summary>
internal static class StreamComparison
{
    private const int ChunkCount = 8;

    /// <param name="rounds">Turns of each side.</param>
    /// <param name="batch">Sequences side by side.</param>
    /// <param name="hidden">The only layer size to measure; all if null.</param>
    /// <param name="threads">Threads of each side.</param>
    public static void Run(int rounds, int batch, int? hidden, int threads)
    {
        Console.Write(Machine.Description());
        double peak = Peak.Measure(threads);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{batch} x {StreamShape.Sequence} characters a step, {threads} threads, {rounds} rounds; multiply-add peak {peak / 1e9:F0} Gflop/s\n"));
        Console.WriteLine("| kind | hidden | layers | Aphorist, ms | TorchSharp, ms | ratio | our share of the peak |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (StreamShape shape in StreamShape.All(batch).Where(shape => hidden is null || shape.Hidden == hidden))
            Console.WriteLine(Row(shape, Measure(shape, rounds, threads), peak));
    }

    private static (double Ours, double Theirs) Measure(StreamShape shape, int rounds, int threads)
    {
        int[][] chunks = StreamWork.Chunks(shape, ChunkCount);
        Dictionary<string, float[]> parameters = StreamWork.Parameters(shape);
        using TorchStreamStep theirs = new(shape, parameters, threads);
        using OurStreamStep ours = OurStreamStep.Create(shape, parameters, threads);
        SameWork.Require(ours.Run(chunks[0]), theirs.Run(chunks[0]));
        return Turns.Measure(rounds, seconds: 0.5, Turn(ours, chunks), Turn(theirs, chunks));
    }

    private static Func<int> Turn(IStreamStep step, int[][] chunks)
    {
        int next = 0;
        return () =>
        {
            step.Run(chunks[next++ % chunks.Length]);
            return 1;
        };
    }

    private static string Row(StreamShape shape, (double Ours, double Theirs) seconds, double peak) => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Name(shape.Kind)} | {shape.Hidden} | {shape.Layers} | {seconds.Ours * 1e3:F1} | {seconds.Theirs * 1e3:F1} | {seconds.Theirs / seconds.Ours:0.0'x'} | "
            + $"{100 * shape.Operations / seconds.Ours / peak:0.0' %'} |");

    private static string Name(RecurrentKind kind) => kind == RecurrentKind.Lstm ? "LSTM" : "GRU";
}
