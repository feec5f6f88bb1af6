using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation.Sampling;

/// <summary>Compares every sampling strategy with the distribution of its formula, which is computed here in the simplest way.</summary>
public sealed class SamplingStrategyTests
{
    private const int Draws = 60_000;

    private static readonly CharacterTokenizer Tokens = ModelPair.VocabularyOf(8);

    // The last two tokens are equally likely; the first is by far the most likely one.
    private static readonly float[] Logits = [3.1f, -1.5f, 0.25f, 1.5f, 0.75f, -0.5f, 1f, 1f];

    private static readonly int[] Text = [3, 3, 3, 0, 6, 1, 3];

    public static TheoryData<string, GenerationOptions> Strategies => new()
    {
        { "temperature", new() { Temperature = 0.7 } },
        { "top-k of one", new() { TopK = 1 } },
        { "top-k", new() { TopK = 4, Temperature = 1.5 } },
        { "top-k of all", new() { TopK = 8 } },
        { "top-p", new() { TopP = 0.9, Temperature = 1.5 } },
        { "tiny top-p", new() { TopP = 1e-9 } },
        { "min-p", new() { MinP = 0.1 } },
        { "min-p of one", new() { MinP = 1 } },
        { "typical", new() { TypicalP = 0.5, Temperature = 2 } },
        { "tiny typical", new() { TypicalP = 1e-9, Temperature = 3 } },
        { "repetition", new() { RepetitionPenalty = 1.8 } },
        { "repetition, short window", new() { RepetitionPenalty = 1.8, PenaltyWindow = 2 } },
        { "frequency", new() { FrequencyPenalty = 0.4 } },
        { "presence", new() { PresencePenalty = 0.9, PenaltyWindow = 3 } },
        { "bias", new() { LogitBias = new Dictionary<string, double> { [Name(1)] = 2.5, [Name(0)] = -3 } } },
        { "banned", new() { BannedTokens = [Name(0), Name(7)] } },
        { "banned at an infinite temperature", new() { BannedTokens = [Name(0)], Temperature = double.PositiveInfinity } },
        { "banned and filtered", new() { BannedTokens = [Name(0)], TopK = 3, TopP = 0.99 } },
        {
            "all together", new()
            {
                Temperature = 1.3, TopK = 7, TopP = 0.95, MinP = 0.05, TypicalP = 0.9, RepetitionPenalty = 1.2, FrequencyPenalty = 0.1,
                PresencePenalty = 0.2, LogitBias = new Dictionary<string, double> { [Name(2)] = 1 }, BannedTokens = [Name(5)],
            }
        },
    };

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Choose_Strategy_FollowsTheDistributionOfItsFormula(string name, GenerationOptions options)
    {
        double[] expected = Expected(options);
        Assert.Equal(1, expected.Sum(), 1e-12);
        int[] counts = new int[Logits.Length];
        TestSampler sampler = new(options with { Seed = 11 }, Tokens);
        foreach (int id in Text) sampler.AddPrompt(id);
        for (int draw = 0; draw < Draws; draw++) counts[sampler.Choose(Logits)]++;
        double chiSquare = 0;
        int possible = 0;
        for (int id = 0; id < counts.Length; id++)
        {
            if (expected[id] == 0)
            {
                Assert.True(counts[id] == 0, $"{name}: token {id} is excluded, but was drawn {counts[id]} times.");
                continue;
            }

            possible++;
            chiSquare += Math.Pow(counts[id] - expected[id] * Draws, 2) / (expected[id] * Draws);
        }

        // The mean of chi-square is its degrees of freedom, the variance twice that. The seed is fixed, so this cannot fail by chance.
        int freedom = possible - 1;
        Assert.True(
            chiSquare <= freedom + 5 * Math.Sqrt(2 * freedom), $"{name}: chi-square is {chiSquare} with {freedom} degrees of freedom.");
    }

    [Theory]
    [MemberData(nameof(Strategies))]
    public void Explain_Strategy_EndsWithTheDistributionThatIsDrawnFrom(string name, GenerationOptions options)
    {
        double[] expected = Expected(options);
        TestSampler sampler = new(options with { Seed = 12 }, Tokens);
        foreach (int id in Text) sampler.AddPrompt(id);
        IReadOnlyList<SamplingStep> steps = sampler.Explain(Logits);
        double[] last = steps[^1].Probabilities.ToArray();
        for (int id = 0; id < expected.Length; id++)
        {
            // Single-precision logits: the penalties are rounded.
            Assert.Equal(expected[id], last[id], 1e-6);
            Assert.True((expected[id] > 0) == (last[id] > 0), $"{name}: token {id} has the probability {last[id]}, not {expected[id]}.");
        }

        Assert.Equal(expected.Count(p => p > 0), steps[^1].PossibleTokens);
        Assert.All(steps, step => Assert.Equal(1, step.Probabilities.ToArray().Sum(), 1e-12));
        HashSet<int> drawn = [];
        for (int draw = 0; draw < Draws; draw++) drawn.Add(sampler.Choose(Logits));
        Assert.Equal(Enumerable.Range(0, last.Length).Where(id => last[id] > 0), drawn.Order());
    }

    [Fact]
    public void Explain_AllStrategies_ShowsEachOnTheOnesBefore()
    {
        GenerationOptions all = new()
        {
            LogitBias = new Dictionary<string, double> { [Name(2)] = 1 },
            BannedTokens = [Name(5)],
            RepetitionPenalty = 1.2,
            FrequencyPenalty = 0.1,
            PresencePenalty = 0.2,
            Temperature = 1.3,
            TopK = 6,
            TopP = 0.95,
            MinP = 0.1,
            TypicalP = 0.9,
        };
        GenerationOptions penalized = all with { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, TypicalP = 1 };
        // A step at a time: what the options are after it.
        (SamplingStepKind Kind, GenerationOptions Options)[] expected =
        [
            (SamplingStepKind.Model, new()),
            (SamplingStepKind.TokenBias, new() { LogitBias = all.LogitBias, BannedTokens = all.BannedTokens }),
            (SamplingStepKind.RepetitionPenalty, penalized with { FrequencyPenalty = 0, PresencePenalty = 0 }),
            (SamplingStepKind.FrequencyPenalty, penalized),
            (SamplingStepKind.Temperature, penalized with { Temperature = all.Temperature }),
            (SamplingStepKind.TopK, all with { TopP = 1, MinP = 0, TypicalP = 1 }),
            (SamplingStepKind.TopP, all with { MinP = 0, TypicalP = 1 }),
            (SamplingStepKind.MinP, all with { TypicalP = 1 }),
            (SamplingStepKind.TypicalP, all),
        ];
        TestSampler sampler = new(all, Tokens);
        foreach (int id in Text) sampler.AddPrompt(id);
        IReadOnlyList<SamplingStep> steps = sampler.Explain(Logits);
        Assert.Equal(expected.Select(step => step.Kind), steps.Select(step => step.Kind));
        foreach ((int index, SamplingStep step) in steps.Index())
        {
            double[] probabilities = Expected(expected[index].Options);
            for (int id = 0; id < probabilities.Length; id++) Assert.Equal(probabilities[id], step.Probabilities[id], 1e-6);
        }
    }

    [Fact]
    public void Explain_TemperatureZero_MakesOneTokenCertain()
    {
        IReadOnlyList<SamplingStep> steps = new TestSampler(new() { Temperature = 0, TopK = 3 }, Tokens).Explain([0, 2, 2, 1, 0, 0, 0, 0]);
        Assert.Equal([SamplingStepKind.Model, SamplingStepKind.Temperature], steps.Select(step => step.Kind));
        Assert.Equal([0, 1, 0, 0, 0, 0, 0, 0], steps[1].Probabilities.ToArray());
    }

    [Fact]
    public void Choose_ManyTokens_KeepsThoseThatSortingKeeps()
    {
        Random random = new(3);
        float[] logits = [.. Enumerable.Range(0, 5000).Select(_ => (float)random.Next(-400, 400) / 50)];
        int[] sorted = [.. Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id])];
        CharacterTokenizer tokens = ModelPair.VocabularyOf(logits.Length);
        foreach (int k in (int[])[1, 2, 17, 1000])
        {
            TestSampler sampler = new(new() { TopK = k, Temperature = double.PositiveInfinity, Seed = 1 }, tokens);
            HashSet<int> drawn = [.. Enumerable.Range(0, 20 * k).Select(_ => sampler.Choose(logits))];
            // An infinite temperature makes all tokens equally likely, and then the lowest ids are kept.
            Assert.Subset(Enumerable.Range(0, k).ToHashSet(), drawn);
            TestSampler finite = new(new() { TopK = k, Temperature = 1000, Seed = 1 }, tokens);
            drawn = [.. Enumerable.Range(0, 20 * k).Select(_ => finite.Choose(logits))];
            Assert.Subset(sorted[..k].ToHashSet(), drawn);
            Assert.True(drawn.Count > 0.9 * k);
        }
    }

    [Fact]
    public void Choose_Cycle_UsesTheTemperaturesInTurn()
    {
        TestSampler sampler = new(new() { TemperatureSchedule = TemperatureSchedule.Cycle(0, 1e9) }, Tokens);
        int[] even = new int[8], odd = new int[8];
        for (int written = 0; written < 2000; written++)
        {
            int id = sampler.Choose(Logits);
            sampler.AddSampled(id);
            (written % 2 == 0 ? even : odd)[id]++;
        }

        Assert.Equal(1000, even[0]);
        Assert.All(odd, count => Assert.InRange(count, 80, 180));
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1.5)]
    [InlineData(4, 0)]
    [InlineData(400, 0)]
    public void Ramp_Place_GoesInEqualStepsAndStays(int place, double temperature) =>
        Assert.Equal(temperature, TemperatureSchedule.Ramp(2, 0, 5).GetTemperature(place), 1e-12);

    [Fact]
    public void Schedules_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureSchedule.Cycle(1, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureSchedule.Cycle(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureSchedule.Ramp(1, double.PositiveInfinity, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureSchedule.Ramp(-1, 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => TemperatureSchedule.Ramp(1, 2, 1));
        Assert.Throws<ArgumentException>(() => TemperatureSchedule.Cycle());
    }

    [Fact]
    public void Choose_BannedWord_IsBannedWithAndWithoutItsSpace()
    {
        WordTokenizer words = WordTokenizer.FromTokens([WordTokenizer.UnknownToken, "the", " the", "cat", " "]);
        TestSampler sampler = new(new() { BannedTokens = ["the"], Seed = 1 }, words);
        HashSet<int> drawn = [.. Enumerable.Range(0, 200).Select(_ => sampler.Choose([5, 1, 1, 1, 1]))];
        Assert.Equal([3, 4], drawn.Order());
    }

    private static string Name(int id) => Tokens.Decode([id]);

    private static double[] Expected(GenerationOptions options)
    {
        double[] z = [.. Logits.Select(logit => (double)logit)];
        int[] recent = Text[Math.Max(0, Text.Length - options.PenaltyWindow)..];
        foreach ((string text, double bias) in options.LogitBias) z[Tokens.Encode(text)[0]] += bias;
        foreach (string text in options.BannedTokens) z[Tokens.Encode(text)[0]] = double.NegativeInfinity;
        foreach (int id in recent.Distinct())
        {
            z[id] = z[id] > 0 ? z[id] / options.RepetitionPenalty : z[id] * options.RepetitionPenalty;
            z[id] -= options.FrequencyPenalty * recent.Count(other => other == id) + options.PresencePenalty;
        }

        double[] p = Normalized([.. z.Select(logit => double.IsInfinity(logit) ? 0 : Math.Exp(logit / options.Temperature))]);
        if (options.TopK > 0) p = Kept(p, [.. ByProbability(p).Take(options.TopK)]);
        if (options.TopP < 1) p = Kept(p, Smallest(p, ByProbability(p), options.TopP));
        if (options.MinP > 0) p = Kept(p, [.. ByProbability(p).Where(id => p[id] >= options.MinP * p.Max())]);
        if (options.TypicalP < 1)
        {
            double entropy = -p.Where(value => value > 0).Sum(value => value * Math.Log(value));
            int[] order = [.. ByProbability(p).OrderBy(id => Math.Abs(-Math.Log(p[id]) - entropy)).ThenBy(id => id)];
            p = Kept(p, Smallest(p, order, options.TypicalP));
        }

        return p;
    }

    private static int[] ByProbability(double[] p) =>
        [.. Enumerable.Range(0, p.Length).Where(id => p[id] > 0).OrderByDescending(id => p[id]).ThenBy(id => id)];

    private static int[] Smallest(double[] p, int[] order, double probability)
    {
        int count = 1;
        while (count < order.Length && order.Take(count).Sum(id => p[id]) < probability) count++;
        return order[..count];
    }

    private static double[] Kept(double[] p, int[] kept) => Normalized([.. p.Select((value, id) => kept.Contains(id) ? value : 0)]);

    private static double[] Normalized(double[] weights) => [.. weights.Select(weight => weight / weights.Sum())];
}
