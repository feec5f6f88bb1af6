using Aphorist.Studio.Write;
using Xunit;

namespace Aphorist.Studio.Tests.Write;

public sealed class WriteSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly SamplingSettings Rich = new()
    {
        Temperature = 1.3, TopK = 6, TopP = 0.98, MinP = 0.01, TypicalP = 0.97, RepetitionPenalty = 1.1, Seed = 11, Length = 50,
    };

    [Theory]
    [InlineData("characters", "abc xy")]
    [InlineData("characters", "")]
    [InlineData("words", "the cat saw")]
    [InlineData("words", "the unheard saw")]
    [InlineData("bytes", "a 猫 ")]
    public async Task Write_SameSeedAndSettings_IsTheTextOfGenerate(string name, string prompt)
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync(name, Rich);
        Assert.True(await session.SetTextAsync(prompt));
        Assert.Equal(prompt, session.Draft.ToString());
        await session.WriteAsync();
        LanguageModel model = models.Load(name);
        string expected = new TextGenerator(model).Generate(prompt, Rich.ToOptions(model.Tokenizer, seed: 11), Token);
        Assert.Equal(prompt + expected, session.Draft.ToString());
        Assert.Equal(11, session.LastSeed);
        Assert.All(session.Draft.Units.Skip(prompt.Length), unit => Assert.False(unit.IsGiven));
        // A further run has another seed; after undoing it, the same text comes again.
        string first = session.Draft.ToString();
        await session.WriteAsync();
        Assert.Equal(12, session.LastSeed);
        string second = session.Draft.ToString();
        Assert.StartsWith(first.TrimEnd('\uFFFD'), second, StringComparison.Ordinal);
        await session.UndoAsync();
        Assert.Equal(first, session.Draft.ToString());
        await session.WriteAsync();
        Assert.Equal(second, session.Draft.ToString());
    }

    [Fact]
    public async Task Write_NoSeed_TakesAnotherEachTime()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters", new() { Length = 60, Temperature = 1 });
        await session.WriteAsync();
        (string first, long? seed) = (session.Draft.ToString(), session.LastSeed);
        await session.UndoAsync();
        await session.WriteAsync();
        Assert.NotEqual(first, session.Draft.ToString());
        // The seed that is shown gives the text again.
        await session.UndoAsync();
        await session.UndoAsync();
        await session.SetAsync(session.Settings with { Seed = seed });
        await session.WriteAsync();
        Assert.Equal(first, session.Draft.ToString());
    }

    [Fact]
    public async Task Write_Surprisal_IsThatOfTheModel()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("abc");
        await session.WriteAsync();
        TextScore expected = new TextGenerator(models.Load("characters")).Score(session.Draft.ToString(), cancellationToken: Token);
        foreach ((TextUnit unit, ScoredToken token) in session.Draft.Units.Zip(expected.Tokens)) Assert.Equal(token.Bits, unit.Bits, 1e-3);
    }

    [Fact]
    public async Task Choose_InTheMiddle_WritesTheRestAnew()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("abc xyz");
        await session.WriteAsync();
        string before = session.Draft.ToString();
        await session.SelectAsync(10);
        Assert.Equal(10, session.Choices!.Place);
        int id = session.Choices.Order.First(id => id != session.Draft[10].Id);
        await session.ChooseAsync(10, id);
        string after = session.Draft.ToString(), start = before[..10] + session.Choices.Tokenizer.GetText(id);
        Assert.StartsWith(start, after, StringComparison.Ordinal);
        Assert.Equal(11 + session.Settings.Length, session.Draft.Length);
        Assert.Equal(10, session.Place);
        // The seed of the second run. The continuation is that of any text with this beginning.
        LanguageModel model = models.Load("characters");
        Assert.Equal(start + new TextGenerator(model).Generate(start, session.Settings.ToOptions(model.Tokenizer, seed: 8), Token), after);
        await session.UndoAsync();
        Assert.Equal((before, 10), (session.Draft.ToString(), session.Place));
        await session.RedoAsync();
        Assert.Equal(after, session.Draft.ToString());
        Assert.False(session.CanRedo);
    }

    [Fact]
    public async Task ChooseNumber_AtTheEnd_AddsOneTokenAndStaysThere()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("ab");
        for (int number = 0; number < 3; number++)
        {
            int expected = session.Choices!.Order[number];
            await session.ChooseNumberAsync(session.Draft.Length, number);
            Assert.Equal(3 + number, session.Draft.Length);
            Assert.Equal(expected, session.Draft[2 + number].Id);
            Assert.Equal(session.Draft.Length, session.Choices.Place);
            Assert.Null(session.Place);
        }

        await session.UndoAsync();
        Assert.Equal(4, session.Draft.Length);
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 8)]
    public async Task Choose_OutOfRange_DoesNothing(int place, int id)
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("ab");
        await session.ChooseAsync(place, id);
        await session.ChooseNumberAsync(place, 500);
        Assert.Equal("ab", session.Draft.ToString());
    }

    [Fact]
    public async Task Choose_ByteOfACharacter_IsCompletedByTheNextBytes()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("bytes");
        await session.SetTextAsync("猫");
        Assert.Equal(1, session.Draft.Length);
        // The three bytes of 狗, one by one at the end.
        foreach (int id in (int[])[0xE7, 0x8B, 0x97]) await session.ChooseAsync(session.Draft.Length, id);
        Assert.Equal("猫狗", session.Draft.ToString());
        Assert.Equal([0xE7, 0x8C, 0xAB, 0xE7, 0x8B, 0x97], session.Draft.GetIds(2));
    }

    [Fact]
    public async Task Stop_WhileWriting_KeepsWhatWasWritten()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters", new() { Seed = 1, Length = SamplingSettings.MaxLength });
        await session.SetTextAsync("abc");
        Task? stopped = null;
        session.Changed += () =>
        {
            // The model is at most GenerationScheduler.MaxUnread tokens ahead of the first piece, so it is far from its end.
            if (session.Draft.Length > 3) stopped ??= session.StopAsync();
        };
        await session.WriteAsync();
        await stopped!;
        Assert.False(session.IsRunning);
        Assert.InRange(session.Draft.Length, 4, 3 + SamplingSettings.MaxLength - 1);
        string written = session.Draft.ToString();
        await session.UndoAsync();
        Assert.Equal("abc", session.Draft.ToString());
        await session.RedoAsync();
        Assert.Equal(written, session.Draft.ToString());
    }

    [Fact]
    public async Task SetText_Edited_KeepsTheStartAsItWasWritten()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("ab");
        await session.WriteAsync();
        TextUnit[] before = [.. session.Draft.Units];
        await session.SetTextAsync(session.Draft.ToString()[..20] + "xyz");
        // The model may have written the first letters of the edit itself.
        Assert.Equal(before[..20], session.Draft.Units.Take(20));
        Assert.Equal(23, session.Draft.Length);
        Assert.True(session.Draft[22].IsGiven || before[22].Text == "z");
        await session.UndoAsync();
        Assert.Equal(before, session.Draft.Units);
        // An edit that changes nothing is no step to undo.
        await session.SetTextAsync(session.Draft.ToString());
        Assert.True(session.CanRedo);
    }

    [Fact]
    public async Task SetText_UnknownCharacter_SaysWhichAndKeepsTheText()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("ab");
        Assert.False(await session.SetTextAsync("ab猫c"));
        Assert.Equal("猫", Assert.IsType<UnknownCharacterException>(session.Problem).Character.ToString());
        Assert.Equal(("ab", "ab猫c"), (session.Draft.ToString(), session.Refused));
        Assert.True(await session.SetTextAsync("ab猫c", skipsUnknown: true));
        Assert.Equal("abc", session.Draft.ToString());
        Assert.Null(session.Problem);
    }

    [Fact]
    public async Task UseModel_OtherTokens_ReadsTheTextAnew()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("bc bc");
        await session.UseModelAsync("others");
        Assert.Equal("bc bc", session.Draft.ToString());
        Assert.Equal(models.Load("others").Tokenizer.Encode("bc bc"), session.Draft.GetIds(5));
        Assert.False(session.CanUndo);
        await session.SetTextAsync("猫");
        await session.UseModelAsync("characters");
        Assert.IsType<UnknownCharacterException>(session.Problem);
        Assert.Equal("猫", session.Refused);
        // Another text can be written with the model nevertheless.
        Assert.True(await session.SetTextAsync("a猫b", skipsUnknown: true));
        Assert.Equal(("ab", null), (session.Draft.ToString(), session.Refused));
        await session.WriteAsync();
        Assert.Null(session.Problem);
        Assert.Equal(42, session.Draft.Length);
    }

    [Fact]
    public async Task Write_ModelIsGone_SaysSoAndKeepsTheText()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("abc");
        File.Delete(models.PathOf("others"));
        await session.UseModelAsync("others");
        Assert.NotNull(session.Problem);
        await session.WriteAsync();
        Assert.IsType<AphoristException>(session.Problem, exactMatch: false);
        Assert.False(session.IsRunning);
        Assert.Equal("abc", session.Draft.ToString());
        await session.UseModelAsync("characters");
        await session.WriteAsync();
        Assert.Null(session.Problem);
        Assert.Equal(43, session.Draft.Length);
    }

    [Fact]
    public async Task Choices_AnyPlace_AreThoseOfTheSampler()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        foreach (string name in (string[])["characters", "words", "bytes", "window"])
        {
            using WriteSession session = await models.OpenAsync(name, Rich);
            await session.WriteAsync();
            TextGenerator generator = new(models.Load(name));
            foreach (int? place in (int?[])[30, 12, null, 0, 31])
            {
                await session.SelectAsync(place);
                using GenerationSession expected = generator.CreateSession(Rich.ToOptions(generator.Tokenizer, seed: 0));
                foreach (int id in session.Draft.GetIds(place ?? session.Draft.Length)) expected.Append(id);
                IReadOnlyList<SamplingStep> steps = expected.PredictSampling();
                Assert.Equal(steps.Select(step => step.Kind), session.Choices!.Steps.Select(step => step.Kind));
                foreach ((SamplingStep step, SamplingStep shown) in steps.Zip(session.Choices.Steps))
                    Assert.Equal(step.Probabilities.ToArray(), shown.Probabilities.ToArray());
                foreach (int id in session.Choices.Order)
                    Assert.Equal(steps[^1].Probabilities[id] > 0, session.Choices.RemovedBy(id) is null);
            }
        }
    }

    [Theory]
    [InlineData("characters")]
    [InlineData("window")]
    public async Task Choices_LongTextInAnyOrder_AreThoseOfATextThatIsReadAnew(string name)
    {
        await using WriteModels models = await WriteModels.StartAsync();
        LanguageModel model = models.Load(name);
        using ChoiceReader reader = new();
        Random random = new(5);
        int[] ids = [.. Enumerable.Range(0, 13_000).Select(_ => random.Next(8))];
        foreach (int end in (int[])[13_000, 12_990, 300, 256, 0, 7000, 7001, 512, 13_000])
        {
            int changed = random.Next(end + 1);
            // Another text from there on.
            if (changed < end) ids[changed] = (ids[changed] + 1) % 8;
            Choices choices = await reader.ReadAsync(model, ids[..end], end, Rich, Token);
            using ChoiceReader fresh = new();
            Choices expected = await fresh.ReadAsync(model, ids[..end], end, Rich, Token);
            foreach ((SamplingStep step, SamplingStep shown) in expected.Steps.Zip(choices.Steps))
                Assert.Equal(step.Probabilities.ToArray(), shown.Probabilities.ToArray());
        }
    }

    [Fact]
    public async Task Set_OtherTemperature_ChangesTheChoicesAtOnce()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetAsync(session.Settings with { Temperature = 0 });
        Assert.Equal(1, session.Choices!.Steps[^1].PossibleTokens);
        await session.SetAsync(session.Settings with { Temperature = 1, TopK = 3 });
        Assert.Equal(3, session.Choices.Steps[^1].PossibleTokens);
        Assert.Equal(SamplingStepKind.TopK, session.Choices.RemovedBy(session.Choices.Order[3]));
    }
}
