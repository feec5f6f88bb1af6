using System.Text;
using Aphorist.Text;

namespace Aphorist.Cli.Training;

/// <summary>Where the samples of an epoch start: random, but the same for the same run.</summary>
internal static class SampleSeed
{
    /// <summary>A number that depends on the run's seed, the epoch and the sample's place in it, and on nothing else.</summary>
    public static ulong Of(ulong seed, int epoch, int place) => Mix(Mix(Mix(seed) + (ulong)epoch) + (ulong)place + 1);

    /// <summary>A random window of the corpus.</summary>
    public static string WindowOf(Corpus corpus, int window, ulong seed, int epoch)
    {
        int starts = Math.Max(corpus.CharacterCount - window, 1);
        int start = (int)(Mix(Mix(seed) + (ulong)epoch) % (ulong)starts);
        StringBuilder text = new(window);
        int place = 0;
        foreach (Rune character in corpus.Text.EnumerateRunes())
        {
            if (place >= start + window) break;
            if (place++ >= start) text.Append(character);
        }

        return text.ToString();
    }

    /// <summary>SplitMix64 (Steele, Lea, Flood 2014): neighbouring numbers become unrelated ones.</summary>
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
