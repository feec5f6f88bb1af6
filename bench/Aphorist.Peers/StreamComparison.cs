using System.Globalization;

namespace Aphorist.Peers;

/// <summary>Compares complete training steps on streams, for several layer kinds, hidden sizes and numbers of layers.</summary>
internal static class StreamComparison
{
    private const int ChunkCount = 8;

    /// <param name="rounds">The number of measurements of each library.</param>
    /// <param name="batch">The batch size.</param>
    /// <param name="hidden">The hidden size to measure, or null for all.</param>
    /// <param name="kind">The layer kind to measure, or null for all.</param>
    /// <param name="threads">The number of threads of each library.</param>
    public static void Run(int rounds, int batch, int? hidden, RecurrentKind? kind, int threads)
    {
        Console.Write(Machine.Description());
        double peak = Peak.Measure(threads);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{batch} x {StreamShape.Sequence} characters per step, {threads} threads, {rounds} rounds, peak {peak / 1e9:F0} Gflop/s\n"));
        Console.WriteLine("| layer | hidden size | layers | Aphorist, ms | TorchSharp, ms | ratio | Aphorist, share of peak |");
        Console.WriteLine("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
        foreach (StreamShape shape in StreamShape.All(batch))
        {
            if ((hidden ?? shape.Hidden) == shape.Hidden && (kind ?? shape.Kind) == shape.Kind)
                Console.WriteLine(Row(shape, Measure(shape, rounds, threads), peak));
        }
    }

    private static (double Ours, double Theirs) Measure(StreamShape shape, int rounds, int threads)
    {
        int[][] chunks = StreamSetup.Chunks(shape, ChunkCount);
        Dictionary<string, float[]> parameters = StreamSetup.Parameters(shape);
        using TorchStreamStep theirs = new(shape, parameters, threads);
        using AphoristStreamStep ours = AphoristStreamStep.Create(shape, parameters, threads);
        LossAgreement.Check(ours.Run(chunks[0]), theirs.Run(chunks[0]));
        return InterleavedTimer.Measure(rounds, seconds: 0.5, Turn(ours, chunks), Turn(theirs, chunks));
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
        $"| {Name(shape.Kind)} | {shape.Hidden} | {shape.Layers} | {seconds.Ours * 1e3:F1} | {seconds.Theirs * 1e3:F1} "
            + $"| {seconds.Theirs / seconds.Ours:0.0'x'} | {100 * shape.Operations / seconds.Ours / peak:0.0' %'} |");

    private static string Name(RecurrentKind kind) => kind.ToString().ToUpperInvariant();
}
