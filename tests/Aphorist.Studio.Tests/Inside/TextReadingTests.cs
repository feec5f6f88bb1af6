using System.Text.Json;
using Aphorist.Inspection;
using Aphorist.Server;
using Aphorist.Studio.Inside;
using Aphorist.Studio.Tests.Runs;
using Aphorist.Tests;
using Aphorist.Training;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Inside;

/// <summary>What models of a studio do while they read a text.</summary>
public sealed class TextReadingTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private RunningStudio studio = null!;

    private ModelStore Store => studio.Services.GetRequiredService<ModelStore>();

    public async ValueTask InitializeAsync() => studio = await RunningStudio.StartAsync(folder.Path);

    public async ValueTask DisposeAsync()
    {
        await studio.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(Architecture.Lstm, TokenizerKind.Characters)]
    [InlineData(Architecture.Gru, TokenizerKind.Words)]
    [InlineData(Architecture.Rnn, TokenizerKind.Bytes)]
    [InlineData(Architecture.Convolution, TokenizerKind.Characters)]
    public async Task InspectAndScore_EveryModel_ReadTheWholeText(Architecture architecture, TokenizerKind kind)
    {
        TinyModel.Save(folder.Path, "tiny", new() { Architecture = architecture, HiddenSize = 6, Layers = 2, EmbeddingSize = 4 }, kind);
        await WaitForAsync("tiny");
        TextChoice own = Own(TinyModel.Text);
        foreach (TextReading? reading in (TextReading?[])[await InspectAsync("tiny", own), await ScoreAsync("tiny", own)])
        {
            Assert.NotNull(reading);
            JsonElement data = JsonDocument.Parse(reading.Data.Json).RootElement;
            Assert.Equal(TinyModel.Text, string.Concat(data.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())));
            Assert.Empty(reading.LeftOut);
            Assert.StartsWith("<!DOCTYPE html>", reading.CreateFile(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Inspect_UnknownCharacters_AreLeftOutAndNamed()
    {
        TinyModel.Save(folder.Path, "tiny");
        await WaitForAsync("tiny");
        TextReading? reading = await InspectAsync("tiny", Own("The 猫 cat€ sat\r\n"));
        Assert.Equal(["猫", "€"], reading!.LeftOut.Order(StringComparer.Ordinal).Reverse());
        Assert.Equal("The  cat sat\n".Length, reading.Ids.Length);
        Assert.Null(await InspectAsync("tiny", Own("猫€")));
        Assert.Null(await ScoreAsync("tiny", Own("")));
    }

    [Fact]
    public async Task Inspect_Run_OffersTheTextItWasTrainedOn()
    {
        TrainingRun run = await TinyRun.CreateAsync(folder.Path, "run", epochs: 1);
        LanguageModel.Create(run.Options.Model, Tokenizer.Create(Corpus.FromText(TinyRun.Text))).Save(run.BestModelPath);
        TinyModel.Save(folder.Path, "file");
        await WaitForAsync("run");
        Assert.Equal(TextChoice.Training, ReadingText.ChoicesFor(Store.List().Single(model => model.Name == "run"))[0]);
        Assert.DoesNotContain(TextChoice.Training, ReadingText.ChoicesFor(Store.List().Single(model => model.Name == "file")));
        TextReading? reading = await ScoreAsync("run", new(TextChoice.Training));
        JsonElement data = JsonDocument.Parse(reading!.Data.Json).RootElement;
        Assert.StartsWith(
            "the cat number 0 saw a fox.\n", string.Concat(data.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString())),
            StringComparison.Ordinal);

        File.Delete(run.Options.Corpus.Single());
        Assert.DoesNotContain(TextChoice.Training, ReadingText.ChoicesFor(Store.List().Single(model => model.Name == "run")));
        await Assert.ThrowsAsync<CorpusException>(() => ScoreAsync("run", new(TextChoice.Training)));
    }

    [Fact]
    public async Task Inspect_BuiltInCorpus_ReadsItsBeginning()
    {
        TinyModel.Save(folder.Path, "bytes", kind: TokenizerKind.Bytes);
        await WaitForAsync("bytes");
        TextReading? reading = await InspectAsync("bytes", new("fables-zh"));
        Assert.True(reading!.IsCut);
        Assert.Equal("zh", reading.Data.Language);
        Assert.Equal(3000, reading.Ids.Length);
    }

    [Fact]
    public async Task Trace_Cell_IsThatOfTheLibrary()
    {
        LanguageModel model = TinyModel.Save(folder.Path, "tiny");
        await WaitForAsync("tiny");
        int[] ids = model.Tokenizer.Encode(TinyModel.Text);
        CellTrace expected = CellTrace.Create(model, ids, new(1, 2), TestContext.Current.CancellationToken);
        CellTrace? actual = await TextReading.TraceAsync(Store, "tiny", ids, 8, TestContext.Current.CancellationToken);
        Assert.Equal(expected.Signals.Select(signal => signal.Values), actual!.Signals.Select(signal => signal.Values));
        foreach (int cell in (int[])[-1, 12, int.MaxValue])
            Assert.Null(await TextReading.TraceAsync(Store, "tiny", ids, cell, TestContext.Current.CancellationToken));
        Assert.Null(await TextReading.TraceAsync(Store, "tiny", [int.MaxValue], 0, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Inspect_ModelThatIsGone_IsAnErrorOfTheUser()
    {
        await Assert.ThrowsAnyAsync<AphoristException>(() => InspectAsync("nowhere", Own("The cat")));
        await Assert.ThrowsAnyAsync<AphoristException>(() => ScoreAsync("../nowhere", Own("The cat")));
    }

    private static TextChoice Own(string text) => new(TextChoice.Own, text);

    private Task<TextReading?> InspectAsync(string model, TextChoice choice) =>
        TextReading.InspectAsync(Store, model, choice, TestContext.Current.CancellationToken);

    private Task<TextReading?> ScoreAsync(string model, TextChoice choice) =>
        TextReading.ScoreAsync(Store, model, choice, TestContext.Current.CancellationToken);

    /// <summary>The list of models is a second old at most.</summary>
    private async Task WaitForAsync(string model)
    {
        while (Store.List().All(entry => entry.Name != model)) await Task.Delay(50, TestContext.Current.CancellationToken);
    }
}
