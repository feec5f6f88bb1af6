using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class BeamSearchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Kinds => [.. Enumerable.Range(0, LayerKinds.All.Count)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void BeamSearch_WideEnough_EqualsExhaustiveSearch(int kind)
    {
        const int Length = 4;
        ModelSpec spec = LayerKinds.All[kind] with { HiddenSize = 9, Layers = 2, EmbeddingSize = 3 };
        LanguageModel model = ModelPair.Random(spec, 4, deviation: 0.8).Engine;
        string stop = model.Tokenizer.Decode([1, 2]), prompt = model.Tokenizer.Decode([0, 3]);
        foreach (double penalty in (double[])[0, 0.6, 2])
        {
            BeamResult[] all =
                [.. Exhaustive(new TextGenerator(model), prompt, stop, Length, penalty).OrderByDescending(text => text.Score)];
            IReadOnlyList<BeamResult> found = new TextGenerator(model).BeamSearch(
                prompt,
                new() { MaxTokens = Length, StopSequences = [stop] },
                new() { BeamWidth = 256, ResultCount = 20, LengthPenalty = penalty },
                Token);
            Assert.Equal(all.Take(20).Select(text => text.Text), found.Select(text => text.Text));
            for (int place = 0; place < found.Count; place++)
            {
                Assert.Equal(all[place].LogProbability, found[place].LogProbability, 1e-5);
                Assert.Equal(all[place].Score, found[place].Score, 1e-5);
                Assert.Equal(all[place].TokenCount, found[place].TokenCount);
            }
        }
    }

    [Fact]
    public void BeamSearch_WidthOne_IsGreedy()
    {
        LanguageModel model = ModelPair.Random(13, 9, 5, GateActivation.Sigmoid, deviation: 0.8).Engine;
        TextGenerator generator = new(model);
        Assert.Equal(generator.Generate("", new() { MaxTokens = 30, Temperature = 0 }, Token),
            Assert.Single(generator.BeamSearch("", new() { MaxTokens = 30 }, new() { BeamWidth = 1 }, Token)).Text);
    }

    [Fact]
    public void BeamSearch_Wider_FindsTextsAtLeastAsLikely()
    {
        TextGenerator generator = new(ModelPair.Random(13, 9, 5, GateActivation.Sigmoid, deviation: 0.8).Engine);
        double[] best = [.. ((int[])[1, 8, 64]).Select(
            width => generator.BeamSearch("", new() { MaxTokens = 12 }, new() { BeamWidth = width }, Token)[0].LogProbability)];
        Assert.True(best[0] < best[1] && best[1] <= best[2], string.Join(' ', best));
    }

    [Fact]
    public void BeamSearch_MinTokens_EndsNoTextBefore()
    {
        LanguageModel model = ModelPair.Random(4, 9, 5, GateActivation.Sigmoid, deviation: 0.8).Engine;
        string stop = model.Tokenizer.Decode([1]);
        IReadOnlyList<BeamResult> found = new TextGenerator(model).BeamSearch(
            "", new() { MaxTokens = 6, MinTokens = 3, StopSequences = [stop] }, new() { BeamWidth = 64, ResultCount = 50 }, Token);
        Assert.Equal(50, found.Count);
        Assert.All(found, text => Assert.True(text.Text.Length >= 3 && !text.Text.Contains(stop, StringComparison.Ordinal)));
        Assert.Contains(found, text => text.Text.Length == 3);
    }

    [Fact]
    public void BeamSearch_Words_NeverReturnsTheUnknownToken()
    {
        WordTokenizer words = WordTokenizer.FromTokens([WordTokenizer.UnknownToken, "a", " b"]);
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[WordTokenizer.UnknownId] = 50;
        TextGenerator generator = new(model);
        IReadOnlyList<BeamResult> found = generator.BeamSearch("a", new() { MaxTokens = 3 }, new() { ResultCount = 4 }, Token);
        Assert.All(found, text => Assert.DoesNotContain(WordTokenizer.UnknownToken, text.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void BeamSearch_MaxTokensZeroOrCanceled_DoesNothing()
    {
        TextGenerator generator = new(ModelPair.Random(4, 9, 5, GateActivation.Sigmoid).Engine);
        Assert.Equal(new BeamResult("", 0, 0, 0), Assert.Single(generator.BeamSearch("", new() { MaxTokens = 0 }, null, Token)));
        CancellationToken canceled = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => generator.BeamSearch("", new() { MaxTokens = 5 }, null, canceled));
    }

    /// <summary>Returns every possible text; each token is predicted by a session of its own.</summary>
    private static IEnumerable<BeamResult> Exhaustive(TextGenerator generator, string prompt, string stop, int length, double penalty)
    {
        using GenerationSession session = generator.CreateSession();
        session.Append(prompt);
        return [.. Continuations(session, "", 0, 0)];

        IEnumerable<BeamResult> Continuations(GenerationSession here, string text, double logProbability, int tokens)
        {
            bool ends = text.EndsWith(stop, StringComparison.Ordinal);
            if (ends || tokens == length)
            {
                double score = logProbability / Math.Pow((5.0 + tokens) / 6, penalty);
                return [new BeamResult(ends ? text[..^stop.Length] : text, logProbability, tokens, score)];
            }

            double[] following = here.Predict().LogProbabilities.ToArray();
            return Enumerable.Range(0, following.Length).SelectMany(id =>
            {
                using GenerationSession next = here.Fork();
                next.Append(id);
                return Continuations(next, text + (char)(0x4E00 + id), logProbability + following[id], tokens + 1);
            });
        }
    }
}
