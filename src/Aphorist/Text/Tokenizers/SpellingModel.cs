using System.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist;

/// <summary>
/// What it costs to write a word that a vocabulary lacks: a probability for every word, from the frequencies of characters and the mean
/// length of words. The probabilities of all words add up to 1. Without it, unknown words would be free, and the smallest vocabulary would
/// seem the best.
/// </summary>
/// <remarks>
/// A word is written character by character, and ends after each with the same probability. A character that was never counted has an equal
/// share of the probability of an escape, as in PPM (method C of Witten and Bell, 1991).
/// </remarks>
public sealed class SpellingModel
{
    private const int ScalarValues = 0x110000 - 0x800;

    // With fewer characters, the frequencies would be chance.
    private const long MinimumCharacters = 1000;

    private readonly Dictionary<Rune, double> losses = [];
    private readonly double uncountedLoss, endLoss, continueLoss;

    private SpellingModel(SpellingCounts counts)
    {
        Counts = counts;
        double total = counts.Counts.Sum() + counts.Counts.Count;
        foreach ((Rune character, long count) in counts.Characters.EnumerateRunes().Zip(counts.Counts))
            losses.Add(character, -Math.Log(count / total));
        double escape = losses.Count == 0 ? 1 : losses.Count / total;
        uncountedLoss = Math.Log(ScalarValues - losses.Count) - Math.Log(escape);
        double end = (counts.Words + 1) / (counts.Counts.Sum() + 2.0);
        (endLoss, continueLoss) = (-Math.Log(end), -Math.Log(1 - end));
        double perCharacter = losses.Values.Sum(loss => loss * Math.Exp(-loss)) + escape * uncountedLoss;
        ExpectedLoss = (perCharacter + end * endLoss + (1 - end) * continueLoss) / end;
    }

    /// <summary>
    /// Every character of Unicode is equally likely, and every word ends after a character with probability 1/2: 21.1 bits for each
    /// character. For a vocabulary whose text is not known.
    /// </summary>
    public static SpellingModel Uniform { get; } = new(new() { Characters = "", Counts = [], Words = 0 });

    /// <summary>Whether this is <see cref="Uniform"/>: nothing was counted.</summary>
    public bool IsUniform => Counts.Counts.Count == 0;

    /// <summary>The expected loss of a word in nats: the entropy of the spelling.</summary>
    public double ExpectedLoss { get; }

    /// <summary>What was counted.</summary>
    internal SpellingCounts Counts { get; }

    /// <summary>The loss of a word in nats: the negative natural logarithm of its probability.</summary>
    /// <param name="word">The word: one character or more. Half a surrogate pair counts as U+FFFD.</param>
    /// <exception cref="ArgumentException">The word is empty.</exception>
    public double GetLoss(string word)
    {
        ArgumentException.ThrowIfNullOrEmpty(word);
        double loss = endLoss - continueLoss;
        foreach (Rune character in word.EnumerateRunes()) loss += losses.GetValueOrDefault(character, uncountedLoss) + continueLoss;
        return loss;
    }

    /// <summary>Counts the words that a vocabulary lacks, or, if they are too few, all words of the text with them.</summary>
    /// <param name="missing">The words that it lacks, with their counts.</param>
    /// <param name="all">All words, with their counts.</param>
    internal static SpellingModel Count(
        IReadOnlyCollection<(string Word, int Count)> missing, IReadOnlyCollection<(string Word, int Count)> all)
    {
        SortedDictionary<Rune, long> characters = [];
        long words = Add(missing);
        if (characters.Values.Sum() < MinimumCharacters) words += Add(all);
        return new(new() { Characters = string.Concat(characters.Keys), Counts = [.. characters.Values], Words = words });

        long Add(IEnumerable<(string Word, int Count)> counted)
        {
            long sum = 0;
            foreach ((string word, int count) in counted)
            {
                foreach (Rune character in word.EnumerateRunes())
                    characters[character] = characters.GetValueOrDefault(character) + count;
                sum += count;
            }

            return sum;
        }
    }

    /// <summary>Restores a model from its counts. Returns null if they are not those of any text.</summary>
    internal static SpellingModel? TryCreate(SpellingCounts counts)
    {
        Rune[] characters = [.. counts.Characters.EnumerateRunes()];
        bool isValid = characters.Length == counts.Counts.Count && characters.Distinct().Count() == characters.Length
            && counts.Counts.All(count => count is > 0 and <= long.MaxValue / ScalarValues)
            && counts.Words >= 0 && counts.Words <= counts.Counts.Sum();
        return isValid ? new(counts) : null;
    }
}
