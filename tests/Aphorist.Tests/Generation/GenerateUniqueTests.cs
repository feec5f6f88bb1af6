using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class GenerateUniqueTests
{
    private static readonly LanguageModel Model = ModelPair.Random(5, 9, 5, GateActivation.Sigmoid, deviation: 0.7).Engine;

    private static readonly GenerationOptions Options = new() { MaxTokens = 3, Seed = 7 };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void GenerateUnique_Repetitions_AreSkippedInTheOrderOfTheBatch(GenerationMode mode)
    {
        TextGenerator generator = new(Model, mode, threads: 2);
        string[] all = [.. generator.GenerateBatch(Enumerable.Repeat("", 1000), Options, Token)];
        string[] expected = [.. all.Distinct().Take(40)];
        Assert.Equal(40, expected.Length);
        Assert.True(Array.IndexOf(all, expected[^1]) > 40);
        Assert.Equal(expected, generator.GenerateUnique("", 40, Options, cancellationToken: Token));
    }

    [Fact]
    public void GenerateUnique_ExcludedTexts_AreNotReturned()
    {
        TextGenerator generator = new(Model);
        string[] all = [.. generator.GenerateUnique("", 50, Options, cancellationToken: Token)];
        string[] excluded = [all[0], all[7], all[8], all[49]];
        string[] texts = [.. generator.GenerateUnique("", 46, Options, excluded, Token)];
        Assert.Equal(all.Except(excluded), texts);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(125)]
    public void GenerateUnique_AnyCount_ReturnsThatMany(int count)
    {
        string[] texts = [.. new TextGenerator(Model).GenerateUnique("", count, Options, cancellationToken: Token)];
        Assert.Equal(count, texts.Length);
        Assert.Equal(count, texts.Distinct().Count());
    }

    [Fact]
    public void GenerateUnique_TooFewDifferentTexts_Throws()
    {
        // 5 tokens make 5 texts of length 1.
        IEnumerator<string> text = new TextGenerator(Model)
            .GenerateUnique("", 6, Options with { MaxTokens = 1 }, cancellationToken: Token).GetEnumerator();
        for (int count = 0; count < 5; count++) Assert.True(text.MoveNext());
        InvalidOptionsException exception = Assert.Throws<InvalidOptionsException>(() => text.MoveNext());
        Assert.StartsWith("Only 5 different texts", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GenerateUnique_NoSeed_ReturnsOtherTextsEachTime()
    {
        TextGenerator generator = new(Model);
        GenerationOptions options = new() { MaxTokens = 40 };
        IEnumerable<string> first = generator.GenerateUnique("", 3, options, cancellationToken: Token);
        // The seed belongs to the call, so the same result can be enumerated again.
        Assert.Equal(first, first);
        Assert.NotEqual(first, generator.GenerateUnique("", 3, options, cancellationToken: Token));
    }

    [Fact]
    public void GenerateUnique_WrongArguments_ThrowAtOnce()
    {
        TextGenerator generator = new(Model);
        Assert.Throws<ArgumentOutOfRangeException>(() => { generator.GenerateUnique("", -1, cancellationToken: Token); });
        Assert.Throws<ArgumentNullException>(() => { generator.GenerateUnique(null!, 1, cancellationToken: Token); });
        Assert.Throws<UnknownCharacterException>(() => { generator.GenerateUnique("x", 1, cancellationToken: Token); });
    }

    [Fact]
    public void GenerateUnique_Canceled_Stops()
    {
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (string _ in new TextGenerator(Model).GenerateUnique("", int.MaxValue, new() { MaxTokens = 30 }, null, source.Token))
                source.Cancel();
        });
    }
}
