using Aphorist.Numerics;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Prompts and seeds for the samples of an epoch: random, but the same whenever the run is repeated.</summary>
internal static class SampleSeed
{
    private const ulong WindowIndex = 0;
    private const ulong FirstTemperatureIndex = 1;

    /// <summary>The seed of a sample. Depends only on the seed of the run, the epoch and the index of the temperature.</summary>
    public static ulong Of(ulong seed, int epoch, int place) => StreamOf(seed, epoch).Bits(FirstTemperatureIndex + (ulong)place);

    /// <summary>A random window of the corpus, in tokens.</summary>
    public static string WindowOf(Corpus corpus, Tokenizer tokenizer, int window, ulong seed, int epoch)
    {
        long count = corpus.CountTokens(tokenizer), start = StreamOf(seed, epoch).Below(WindowIndex, Math.Max(count - window, 1));
        int[] ids = new int[(int)Math.Min(window, count - start)];
        corpus.ReadTokens(tokenizer, start, ids);
        // A window of bytes can start and end within a character.
        return tokenizer.Decode(ids).Trim('\uFFFD');
    }

    private static RandomStream StreamOf(ulong seed, int epoch) => new(seed, RandomPurpose.SampleSeed, (uint)epoch);
}
