using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training;

public sealed class ModelEvaluationTests
{
    private static readonly Corpus Corpus = Corpus.FromText("the caf\u00e9 and the hen, the caf\u00e9 and \u4e2d\U0001F600. ");

    [Fact]
    public void Evaluate_Characters_CountsEveryPredictionAsOne()
    {
        Evaluation evaluation = Model(TokenizerKind.Characters).Evaluate(Corpus, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(Corpus.CharacterCount - 1, evaluation.Characters);
        Assert.Equal(evaluation.Count, evaluation.Characters);
        Assert.Equal(evaluation.BitsPerToken, evaluation.BitsPerCharacter, 1e-12);
    }

    [Theory]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Evaluate_Stream_CountsTheCharactersOfAllTokensButTheFirst(TokenizerKind kind)
    {
        LanguageModel model = Model(kind);
        int[] ids = model.Tokenizer.Encode(Corpus.Text);
        Evaluation evaluation = model.Evaluate(Corpus, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(ids.Length - 1, evaluation.Count);
        Assert.Equal(Corpus.CharacterCount - model.Tokenizer.CountCharacters(ids.AsSpan(0, 1)), evaluation.Characters);
        Assert.NotEqual(evaluation.Count, evaluation.Characters);
        Assert.Equal(evaluation.TotalLoss / Math.Log(2) / evaluation.Characters, evaluation.BitsPerCharacter, 1e-12);
    }

    [Theory]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Evaluate_Windows_CountsTheCharactersOfThePredictedTokens(TokenizerKind kind)
    {
        LanguageModel model = Model(kind);
        int[] ids = model.Tokenizer.Encode(Corpus.Text);
        int[] predicted = [.. Enumerable.Range(0, ids.Length).Where(place =>
            place >= model.Spec.Window && (place - model.Spec.Window) % 2 == 0).Select(place => ids[place])];
        Evaluation evaluation = model.Evaluate(
            Corpus, new() { Objective = Objective.Windows, Stride = 2 }, TestContext.Current.CancellationToken);
        Assert.Equal((predicted.Length, model.Tokenizer.CountCharacters(predicted)), (evaluation.Count, evaluation.Characters));
    }

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public void Evaluate_Cancelled_Stops(Objective objective) => Assert.ThrowsAny<OperationCanceledException>(
        () => Model(TokenizerKind.Characters).Evaluate(Corpus, new() { Objective = objective }, new CancellationToken(canceled: true)));

    [Theory]
    [InlineData(Objective.Windows)]
    [InlineData(Objective.Stream)]
    public void Evaluate_SkippingUnknownCharacters_EvaluatesTheOthersAndCountsThem(Objective objective)
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        Corpus foreign = Corpus.FromText("the \u20ac caf\u00e9 and the\u00a3\u00a3 hen, ");
        EvaluationOptions skipping = new() { Objective = objective, UnknownCharacters = UnknownCharacterPolicy.Skip };

        Evaluation evaluation = model.Evaluate(foreign, skipping, TestContext.Current.CancellationToken);

        Evaluation known = model.Evaluate(Corpus.FromText("the  caf\u00e9 and the hen, "), skipping, TestContext.Current.CancellationToken);
        Assert.Equal((0L, 3L), (known.SkippedCharacters, evaluation.SkippedCharacters));
        Assert.Equal(known with { SkippedCharacters = 3 }, evaluation);
        EvaluationOptions strict = skipping with { UnknownCharacters = UnknownCharacterPolicy.Error };
        Assert.Throws<UnknownCharacterException>(() => model.Evaluate(foreign, strict, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Evaluate_TextTooShort_SaysSo()
    {
        LanguageModel model = Model(TokenizerKind.Characters);
        Assert.Throws<CorpusException>(
            () => model.Evaluate(Corpus.FromText("t"), cancellationToken: TestContext.Current.CancellationToken));
        EvaluationOptions windows = new() { Objective = Objective.Windows };
        Assert.Throws<CorpusException>(() => model.Evaluate(Corpus.FromText("the "), windows, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Evaluate_OptionOutOfRange_IsNamed()
    {
        AssertNamed("Stride", new() { Stride = 0 });
        AssertNamed("TailShare", new() { TailShare = 0 });
        AssertNamed("Threads", new() { Threads = -1 });

        static void AssertNamed(string property, EvaluationOptions options) =>
            Assert.Equal(property, Assert.Throws<InvalidOptionsException>(
            () => Model(TokenizerKind.Characters).Evaluate(Corpus, options, TestContext.Current.CancellationToken)).PropertyName);
    }

    [Fact]
    public void Add_TwoEvaluations_SumsEverything() => Assert.Equal(
        new Evaluation(5, 7, 9, 11) { SkippedCharacters = 3 },
        Evaluation.Add(new(1, 2, 3, 4) { SkippedCharacters = 1 }, new(4, 5, 6, 7) { SkippedCharacters = 2 }));

    private static LanguageModel Model(TokenizerKind kind) =>
        LanguageModel.Create(
            new() { HiddenSize = 5, Window = 4 }, Tokenizer.Create(Corpus, new() { Kind = kind, MinimumCount = 1 }), seed: 1);
}
