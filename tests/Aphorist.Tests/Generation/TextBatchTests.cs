using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class TextBatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<int> Kinds => [.. Enumerable.Range(0, 2 * LayerKinds.All.Count)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void GenerateBatch_EveryArchitecture_ReturnsTheTextsOfGenerate(int kind)
    {
        ModelSpec spec = LayerKinds.All[kind % LayerKinds.All.Count] with { Layers = 2, HiddenSize = 21, EmbeddingSize = 5 };
        LanguageModel model = ModelPair.Random(kind < LayerKinds.All.Count ? spec : LayerKinds.Connect(spec), 13, deviation: 0.7).Engine;
        string[] prompts = [.. Enumerable.Range(0, 300).Select(number => Prompt(model, number))];
        GenerationOptions options = new()
        {
            MaxTokens = 30,
            MinTokens = 3,
            StopSequences = [Prompt(model, 1)[..1] + Prompt(model, 2)[..1], Prompt(model, 3)[..1]],
            Temperature = 4,
            TopP = 0.95,
            RepetitionPenalty = 1.1,
            PenaltyWindow = 5,
            Seed = 40,
        };
        string[] expected =
        [
            .. prompts.Select((prompt, number) => new TextGenerator(model).Generate(prompt, options with { Seed = 40 + (ulong)number })),
        ];
        foreach (int threads in (int[])[1, 3])
            Assert.Equal(expected, new TextGenerator(model, threads: threads).GenerateBatch(prompts, options, Token));
        // Some texts end early and some do not, so that rows are moved.
        Assert.Contains(expected, text => text.Length == 30);
        Assert.Contains(expected, text => text.Length < 10);
    }

    [Fact]
    public void GenerateBatch_EndlessPrompts_AreReadAsTheyAreNeeded()
    {
        LanguageModel model = ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine;
        int read = 0;
        Assert.Equal(600, new TextGenerator(model).GenerateBatch(Prompts(), new() { MaxTokens = 4 }, Token).Take(600).Count());
        Assert.InRange(read, 600, 1200);

        IEnumerable<string> Prompts()
        {
            while (true)
            {
                read++;
                yield return "";
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void GenerateBatch_WindowMode_ReturnsTheTextsOfGenerate(int threads)
    {
        LanguageModel model = ModelPair.Random(13, 9, window: 5, GateActivation.Sigmoid).Engine;
        TextGenerator generator = new(model, GenerationMode.Window, threads);
        // Shorter and longer than the window.
        string[] prompts = ["", Prompt(model, 3), Prompt(model, 7) + Prompt(model, 11) + Prompt(model, 15), ""];
        GenerationOptions options = new() { MaxTokens = 9, Seed = 3 };
        Assert.Equal(
            prompts.Select((prompt, number) => generator.Generate(prompt, options with { Seed = 3 + (ulong)number }, Token)),
            generator.GenerateBatch(prompts, options, Token));
    }

    [Fact]
    public void GenerateBatch_Canceled_Stops()
    {
        LanguageModel model = ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine;
        using CancellationTokenSource source = new();
        IEnumerable<string> texts = new TextGenerator(model).GenerateBatch(
            Enumerable.Repeat("", int.MaxValue), new() { MaxTokens = 50 }, source.Token);
        int count = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (string _ in texts)
                if (++count == 10) source.Cancel();
        });
        Assert.InRange(count, 10, 2000);
    }

    [Fact]
    public void GenerateBatch_MaxTokensZeroOrNoPrompts_ReturnsNothing()
    {
        LanguageModel model = ModelPair.Random(13, 9, 5, GateActivation.Sigmoid).Engine;
        Assert.Equal(["", ""], new TextGenerator(model).GenerateBatch(["", ""], new() { MaxTokens = 0 }, Token));
        Assert.Empty(new TextGenerator(model).GenerateBatch([], cancellationToken: Token));
    }

    private static string Prompt(LanguageModel model, int number)
    {
        IEnumerable<int> places = Enumerable.Range(0, number % 4 + (number is 1 or 2 or 3 ? 1 : 0));
        return model.Tokenizer.Decode([.. places.Select(place => (number * 7 + place * 3) % model.Tokenizer.VocabularySize)]);
    }
}
