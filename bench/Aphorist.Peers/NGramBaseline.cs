using System.Globalization;

namespace Aphorist.Peers;

/// <summary>
/// A character 3-gram baseline, evaluated on the last part of a text. It interpolates with shorter contexts (Witten and Bell, 1991).
/// </summary>
internal static class NGramBaseline
{
    private const int Order = 3;

    /// <summary>Prints the bits per character on the last part of a corpus.</summary>
    /// <param name="name">A catalog name or the path of a file.</param>
    /// <param name="share">The fraction of the text that is held out.</param>
    public static async Task RunAsync(string name, double share)
    {
        Corpus corpus = await Corpus.OpenAsync(name);
        int[] ids = CharacterTokenizer.Create(corpus).Encode(corpus.Text);
        int held = (int)(ids.Length * (1 - share));
        Dictionary<(int Length, int Before, int Last), Dictionary<int, int>> counts = Count(ids.AsSpan(0, held));
        int characters = ids.Max() + 1;
        double bits = 0;
        for (int place = held + 1; place < ids.Length; place++)
            bits -= Math.Log2(Probability(counts, ids, held, place, Order - 1, characters));
        double mean = bits / (ids.Length - held - 1);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name}: {Order}-gram with back-off, {mean:F4} bits per character on the last {share:P0}"));
    }

    private static Dictionary<(int, int, int), Dictionary<int, int>> Count(ReadOnlySpan<int> ids)
    {
        Dictionary<(int, int, int), Dictionary<int, int>> counts = [];
        for (int place = 0; place < ids.Length; place++)
        {
            for (int length = 0; length < Order && length <= place; length++)
            {
                (int, int, int) context = Context(ids, place, length);
                if (!counts.TryGetValue(context, out Dictionary<int, int>? followers)) counts[context] = followers = [];
                followers[ids[place]] = followers.GetValueOrDefault(ids[place]) + 1;
            }
        }

        return counts;
    }

    private static double Probability(
        Dictionary<(int, int, int), Dictionary<int, int>> counts, int[] ids, int start, int place, int length, int characters)
    {
        if (length < 0) return 1.0 / characters;
        double shorter = Probability(counts, ids, start, place, length - 1, characters);
        // As for the models, contexts do not reach back over the start of the held-out text.
        if (place - length < start || !counts.TryGetValue(Context(ids, place, length), out Dictionary<int, int>? followers)) return shorter;
        double total = followers.Values.Sum(), kinds = followers.Count;
        return (followers.GetValueOrDefault(ids[place]) + kinds * shorter) / (total + kinds);
    }

    private static (int Length, int Before, int Last) Context(ReadOnlySpan<int> ids, int place, int length) =>
        (length, length > 1 ? ids[place - 2] : -1, length > 0 ? ids[place - 1] : -1);
}
