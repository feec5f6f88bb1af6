using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Where the samples of an epoch start: random, but the same for the same run.</summary>
internal static class SampleSeed
{
    private const ulong WindowIndex = 0;
    private const ulong FirstTemperatureIndex = 1;

    /// <summary>The seed of the choices at one temperature: depends on the run's seed, the epoch and the temperature's place, and on nothing else.</summary>
    public static ulong Of(ulong seed, int epoch, int place) => StreamOf(seed, epoch).Bits(FirstTemperatureIndex + (ulong)place);

    /// <summary>A random window of the corpus, in tokens.</summary>
    public static string WindowOf(Corpus corpus, Tokenizer tokenizer, int window, ulong seed, int epoch)
    {
        TokenSequence ids = corpus.TokensOf(tokenizer);
        long start = StreamOf(seed, epoch).Below(WindowIndex, Math.Max(ids.Count - window, 1));
        // A window of bytes may begin and end within a character.
        return tokenizer.Decode(ids.Slice(start, (int)Math.Min(window, ids.Count - start))).Trim('\uFFFD');
    }

    private static RandomStream StreamOf(ulong seed, int epoch) => new(seed, RandomPurpose.SampleSeed, (uint)epoch);
}
