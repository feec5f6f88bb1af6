using Aphorist.Studio.Write;
using Xunit;

namespace Aphorist.Studio.Tests.Write;

public sealed class CompareSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly SamplingSettings Settings = new() { Length = 40 };

    [Fact]
    public async Task Write_Temperatures_AreTheTextsOfGenerate()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("abc");
        using CompareSession comparison = new(models.Store);
        comparison.UseTemperatures(SamplingSettings.Temperatures);
        await comparison.WriteAsync("characters", session.Draft, Settings, seed: 9);
        LanguageModel model = models.Load("characters");
        Assert.Equal(4, comparison.Columns.Count);
        foreach (CompareColumn column in comparison.Columns)
        {
            GenerationOptions options = Settings.ToOptions(model.Tokenizer, seed: 9) with { Temperature = column.Temperature!.Value };
            Assert.Equal(new TextGenerator(model).Generate("abc", options, Token), column.Draft.ToString());
            Assert.True(column.MeanBits > 0);
        }

        Assert.Equal("abc", session.Draft.ToString());
        await session.TakeAsync(comparison.Columns[3]);
        Assert.Equal($"abc{comparison.Columns[3].Draft}", session.Draft.ToString());
        await session.UndoAsync();
        Assert.Equal("abc", session.Draft.ToString());
    }

    [Fact]
    public async Task Write_ModelThatDoesNotKnowTheBeginning_SpoilsNoOther()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("abc");
        using CompareSession comparison = new(models.Store);
        comparison.UseModels(["characters", "others", "bytes", "missing"]);
        await comparison.WriteAsync("characters", session.Draft, Settings, seed: 9);
        Assert.Equal([false, true, false, true], comparison.Columns.Select(column => column.Problem is not null));
        Assert.IsType<UnknownCharacterException>(comparison.Columns[1].Problem);
        Assert.Equal(40, comparison.Columns[0].Draft.Length);
        LanguageModel bytes = models.Load("bytes");
        string expected = new TextGenerator(bytes).Generate("abc", Settings.ToOptions(bytes.Tokenizer, seed: 9), Token);
        Assert.Equal(expected, comparison.Columns[2].Draft.ToString());
        // The session continues with the model of the text.
        await session.TakeAsync(comparison.Columns[2]);
        await session.UseModelAsync("bytes");
        Assert.Null(session.Problem);
        Assert.Equal("abc" + expected, session.Draft.ToString());
        Assert.Equal([true, true, true, false], session.Draft.Units.Take(4).Select(unit => unit.IsGiven));
    }

    [Fact]
    public async Task Write_TwiceWhileTextsAreWritten_StopsAllButTheLast()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters");
        await session.SetTextAsync("abc");
        using CompareSession comparison = new(models.Store);
        comparison.UseTemperatures([1]);
        SamplingSettings endless = Settings with { Length = SamplingSettings.MaxLength };
        List<Draft> stopped = [];
        Task second = Task.CompletedTask, third = second;
        comparison.Changed += () =>
        {
            // Both wait for the text that is being written now.
            if (comparison.Columns[0].Draft.Length == 0 || stopped.Count > 0) return;
            stopped.Add(comparison.Columns[0].Draft);
            second = comparison.WriteAsync("characters", session.Draft, endless, seed: 2);
            third = comparison.WriteAsync("characters", session.Draft, Settings, seed: 3);
        };
        await comparison.WriteAsync("characters", session.Draft, endless, seed: 1);
        await second;
        await third;
        Assert.False(comparison.IsRunning);
        Assert.InRange(Assert.Single(stopped).Length, 1, SamplingSettings.MaxLength - 1);
        LanguageModel model = models.Load("characters");
        GenerationOptions options = Settings.ToOptions(model.Tokenizer, seed: 3) with { Temperature = 1 };
        string expected = new TextGenerator(model).Generate("abc", options, Token);
        Assert.Equal(expected, comparison.Columns[0].Draft.ToString());
    }
}
