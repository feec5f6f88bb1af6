using Aphorist.Inspection;
using Xunit;

namespace Aphorist.Tests.Inspection;

public sealed class CellInspectionTests
{
    private static readonly Corpus Corpus =
        Corpus.FromText(string.Concat(Enumerable.Repeat("He said \"so be it\",\nand the caf\u00e9 \u4e2d was full.\n\n", 30)), "hall");

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Of_AllTokensKept_CorrelatesAsTwoPassesOverThemDo(TokenizerKind kind)
    {
        CellInspection inspection = Inspect(Model(kind), new() { Length = int.MaxValue });
        Assert.Equal(inspection.TokenCount, inspection.Pieces.Count);
        Assert.Equal(Corpus.Text, string.Concat(inspection.Pieces));
        foreach (FeatureCorrelations feature in inspection.Features.Where(feature => feature.Varies))
        {
            Assert.Equal(inspection.CellCount, feature.Cells.Count);
            foreach (CellCorrelation it in feature.Cells)
            {
                float[] activations =
                    [.. Enumerable.Range(0, inspection.Pieces.Count).Select(token => inspection.GetActivation(token, it.Cell))];
                Assert.Equal(CorrelationSumsTests.TwoPasses(activations, feature.Values), it.Correlation, 1e-9);
            }

            Assert.Equal(feature.Cells.OrderByDescending(it => Math.Abs(it.Correlation)), feature.Cells);
        }
    }

    [Fact]
    public void Of_Features_HaveTheirValuesAtTheLastCharacterOfEachToken()
    {
        CellInspection words = Inspect(Model(TokenizerKind.Words)), bytes = Inspect(Model(TokenizerKind.Bytes));
        double[] positions = TextFeature.PositionInLine.Measure(Corpus.Text);
        Assert.Equal(
            [positions[1], positions[6], positions[7], positions[8], positions[10]], ValuesOf(words, TextFeature.PositionInLine).Take(5));
        // The second byte of the accented letter completes it.
        int accent = Corpus.Text.IndexOf('\u00e9', StringComparison.Ordinal);
        Assert.Equal(["", "\u00e9"], bytes.Pieces.Skip(accent).Take(2));
        Assert.Equal(
            [positions[accent - 1], positions[accent - 1], positions[accent]],
            ValuesOf(bytes, TextFeature.PositionInLine).Skip(accent - 1).Take(3));
    }

    [Fact]
    public void Of_FeatureThatDoesNotOccur_HasNoCells()
    {
        CellInspection inspection = Inspect(Model(TokenizerKind.Characters));
        FeatureCorrelations parentheses = inspection.Features.Single(feature => feature.Feature == TextFeature.InsideParentheses);
        Assert.False(parentheses.Varies);
        Assert.Empty(parentheses.Cells);
        Assert.True(inspection.Features.Single(feature => feature.Feature == TextFeature.InsideQuotes).Varies);
    }

    [Fact]
    public void Of_CellThatNeverChanges_IsLeftOut()
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        // An input gate that is shut, as only a hard sigmoid can be, leaves c at 0.
        foreach (ParameterTensor tensor in model.Parameters.Tensors.Take(2)) model.Parameters.GetValues(tensor).Clear();
        model.Parameters.GetValues(model.Layout.Layers[0].Bias)[0] = -10;
        model.Parameters.GetValues(model.Layout.Layers[0].InputKernel).Fill(0.1f);
        CellInspection inspection = Inspect(model);
        Assert.DoesNotContain(new CellIndex(0, 0), inspection.Features[0].Cells.Select(it => it.Cell));
    }

    [Fact]
    public void Of_StartAndLength_ReadsFromThereAndKeepsSoMany()
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        CellInspection part = Inspect(model, new() { Start = 10, Length = 5 }), alone = CellInspection.Create(
            model, Corpus.FromText(Corpus.Text[10..]), new() { Length = 7 }, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Corpus.Text[10..15], string.Concat(part.Pieces));
        Assert.Equal(Corpus.CharacterCount - 10, part.TokenCount);
        for (int token = 0; token < 5; token++) Assert.Equal(alone.GetActivations(token), part.GetActivations(token));
        Assert.Equal(alone.Features.SelectMany(feature => feature.Cells), part.Features.SelectMany(feature => feature.Cells));
        Assert.Throws<ArgumentOutOfRangeException>(() => part.GetActivations(5).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => part.GetActivation(0, new CellIndex(0, 6)));
        Assert.Throws<ArgumentOutOfRangeException>(() => part.GetActivation(0, new CellIndex(2, 0)));
    }

    [Fact]
    public void Of_NoFeaturesGiven_TakesThoseOfTheScripts()
    {
        Corpus chinese = Corpus.FromText("他说：“好。”\n她走了。\n");
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 6 }, Tokenizer.Create(chinese), seed: 1);
        CellInspection inspection = CellInspection.Create(model, chinese, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(TextFeature.ForScripts(TextScripts.Of(chinese)), inspection.Features.Select(feature => feature.Feature));
        Assert.DoesNotContain(TextFeature.Capital, inspection.Features.Select(feature => feature.Feature));
        Assert.Contains(TextFeature.Capital, Inspect(Model(TokenizerKind.Characters)).Features.Select(feature => feature.Feature));
    }

    [Fact]
    public void Of_FeatureOfOnesOwn_IsFollowed()
    {
        TextFeature vowel = new("vowel", "1 at vowels", () => new VowelTrack());
        FeatureCorrelations found = Assert.Single(Inspect(Model(TokenizerKind.Characters), new() { Features = [vowel] }).Features);
        Assert.Equal(vowel, found.Feature);
        Assert.Equal([0, 1, 0, 0, 1, 1, 0], found.Values.Take(7));
    }

    [Fact]
    public void Of_NothingToRead_SaysSo()
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        Assert.Contains("'hall' has 1,380 tokens", Refusal(() => Inspect(model, new() { Start = 1380 })), StringComparison.Ordinal);
        Assert.Contains("must be 0 or more", Refusal(() => Inspect(model, new() { Start = -1 })), StringComparison.Ordinal);
        Assert.Contains("must be 0 or more", Refusal(() => Inspect(model, new() { Length = -1 })), StringComparison.Ordinal);
        Assert.Throws<UnknownCharacterException>(
            () => CellInspection.Create(model, Corpus.FromText("\u20AC"), cancellationToken: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Of_Cancelled_Stops() => Assert.ThrowsAny<OperationCanceledException>(
        () => CellInspection.Create(Model(TokenizerKind.Characters), Corpus, cancellationToken: new CancellationToken(canceled: true)));

    private static string Refusal(Action action) => Assert.Throws<InvalidOptionsException>(action).Message;

    private static IReadOnlyList<double> ValuesOf(CellInspection inspection, TextFeature feature) =>
        inspection.Features.Single(it => it.Feature == feature).Values;

    private static CellInspection Inspect(LanguageModel model, InspectionOptions? options = null) =>
        CellInspection.Create(model, Corpus, options, cancellationToken: TestContext.Current.CancellationToken);

    private static LanguageModel Model(TokenizerKind kind) =>
        LanguageModel.Create(
            new() { HiddenSize = 6, Layers = 2 }, Tokenizer.Create(Corpus, new() { Kind = kind, MinimumCount = 1 }), seed: 1);

    private sealed class VowelTrack : FeatureTrack
    {
        public override double Read(System.Text.Rune character) =>
            "aeiou".Contains((char)character.Value, StringComparison.Ordinal) ? 1 : 0;
    }
}
