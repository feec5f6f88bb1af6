using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class SessionCacheTests(TrainedModel trained)
{
    [Fact]
    public void Get_ChangingTexts_IsWhatReadingThemAnewGives()
    {
        LanguageModel model = LanguageModel.Load(trained.File);
        TextGenerator generator = new(model);
        SessionCache cache = new(generator.CreateSession());
        const int Seed = 3;
        Random random = new(Seed);
        List<int> ids = [];
        for (int change = 0; change < 400; change++)
        {
            int kept = random.Next(4) == 0 ? random.Next(ids.Count + 1) : ids.Count;
            ids.RemoveRange(kept, ids.Count - kept);
            int added = random.Next(10) == 0 ? random.Next(600) : random.Next(4);
            for (int token = 0; token < added; token++) ids.Add(random.Next(model.Tokenizer.VocabularySize));
            GenerationSession found = cache.Get([.. ids], CancellationToken.None);
            if (change % 20 != 0) continue;

            using GenerationSession fresh = generator.CreateSession();
            foreach (int id in ids) fresh.Append(id);
            Assert.True(
                fresh.Predict().LogProbabilities.SequenceEqual(found.Predict().LogProbabilities), $"Change {change} of seed {Seed}.");
        }
    }

    [Fact]
    public void Advance_LongText_TakesSeveral()
    {
        LanguageModel model = LanguageModel.Load(trained.File);
        TextGenerator generator = new(model);
        SessionCache cache = new(generator.CreateSession());
        int[] ids = [.. Enumerable.Range(0, 1000).Select(token => token % model.Tokenizer.VocabularySize)];
        int parts = 1;
        GenerationSession? found;
        for (; (found = cache.Advance(ids)) is null; parts++) Assert.InRange(parts, 1, ids.Length);

        Assert.InRange(parts, 2, ids.Length);
        using GenerationSession fresh = generator.CreateSession();
        foreach (int id in ids) fresh.Append(id);
        Assert.True(fresh.Predict().LogProbabilities.SequenceEqual(found.Predict().LogProbabilities));
    }

    [Fact]
    public void Get_Cancelled_Stops()
    {
        SessionCache cache = new(new TextGenerator(LanguageModel.Load(trained.File)).CreateSession());

        Assert.Throws<OperationCanceledException>(() => cache.Get([1, 2, 3], new CancellationToken(canceled: true)));
    }
}
