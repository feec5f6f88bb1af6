using System.Text;
using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Generation.Sampling;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class TextGeneratorTests
{
    private const int Window = 6;

    private static readonly ModelPair Pair = ModelPair.Random(15, 20, Window, GateActivation.HardSigmoid, deviation: 0.8);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>No prompt, shorter than the window, as long, longer, several times as long.</summary>
    public static TheoryData<GenerationMode, int> ModesAndPromptLengths
    {
        get
        {
            TheoryData<GenerationMode, int> data = [];
            foreach (GenerationMode mode in Enum.GetValues<GenerationMode>())
                foreach (int length in (int[])[0, 1, Window - 1, Window, Window + 1, 4 * Window])
                    data.Add(mode, length);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(ModesAndPromptLengths))]
    public void Generate_TemperatureZero_TakesTheReferencesMostLikelyCharacters(GenerationMode mode, int promptLength)
    {
        string prompt = Prompt(promptLength);
        TextGenerator generator = new(Pair.Engine, mode, threads: 2);
        string text = generator.Generate(prompt, new() { MaxTokens = 40, Temperature = 0 }, Token);
        int[] ids = Pair.Engine.Tokenizer.Encode(prompt + text);
        for (int place = promptLength; place < ids.Length; place++)
        {
            int first = mode == GenerationMode.Window ? Math.Max(0, place - Window) : 0;
            double[] logits = Pair.Reference.Logits(ids.AsSpan(first, place - first));
            // Logits that differ by less than rounding errors are equally likely.
            double chosen = logits[ids[place]];
            Tolerance.AssertClose(logits.Max(), chosen, Tolerance.OfChain(20 * place), 1, "logit of the chosen character", place);
        }
    }

    [Fact]
    public void Generate_WindowTooLongForArrays_SaysWhatToChange()
    {
        // The gates of this many states are 2^32 numbers, which overflows an int.
        ModelSpec spec = new() { HiddenSize = 1024, Window = 1 << 20 };
        TextGenerator generator = new(LanguageModel.CreateEmpty(spec, Pair.Engine.Tokenizer), GenerationMode.Window, threads: 1);
        string message = Assert.Throws<ArgumentException>(() => generator.Generate("", new() { MaxTokens = 1 }, Token)).Message;
        Assert.Contains("take a model with a shorter window", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    public void Generate_Window_ReturnsTheTextOfRunningEveryWindowAlone(int promptLength)
    {
        string prompt = Prompt(promptLength);
        GenerationOptions options = new() { MaxTokens = 200, Temperature = 1.2, Seed = 3 };
        string naive = GenerateNaively(Pair.Engine, prompt, options);
        foreach (int threads in (int[])[1, 2, 3])
        {
            TextGenerator generator = new(Pair.Engine, GenerationMode.Window, threads);
            Assert.Equal(naive, generator.Generate(prompt, options, Token));
        }
    }

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Generate_SameSeed_ReturnsTheSameText(GenerationMode mode)
    {
        TextGenerator generator = new(Pair.Engine, mode), another = new(Pair.Engine, mode);
        string text = generator.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 1 }, Token);
        Assert.Equal(text, generator.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 1 }, Token));
        Assert.Equal(text, another.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 1 }, Token));
        Assert.NotEqual(text, generator.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 2 }, Token));
    }

    [Fact]
    public void Generate_WindowModeAndLongPrompt_SeesOnlyTheLastWindow()
    {
        TextGenerator generator = new(Pair.Engine, GenerationMode.Window);
        string longPrompt = Prompt(50);
        GenerationOptions options = new() { MaxTokens = 50, Seed = 1 };
        Assert.Equal(generator.Generate(longPrompt[^Window..], options, Token), generator.Generate(longPrompt, options, Token));
    }

    [Fact]
    public void Stream_SameOptions_ReturnsTheTextOfGenerate()
    {
        TextGenerator generator = new(Pair.Engine);
        GenerationOptions options = new() { MaxTokens = 60, Seed = 1 };
        string text = string.Concat(generator.Stream(Prompt(4), options with { MaxTokens = null }, Token).Take(60));
        Assert.Equal(generator.Generate(Prompt(4), options, Token), text);
    }

    [Fact]
    public void Stream_EnumeratedTwiceAtTheSameTime_ReturnsTheSameText()
    {
        GenerationOptions options = new() { MaxTokens = 40, FrequencyPenalty = 0.3 };
        IEnumerable<string> text = new TextGenerator(Pair.Engine).Stream(Prompt(4), options, Token);
        Assert.All(text.Zip(text), pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(40, text.Count());
    }

    [Fact]
    public void Generate_MaxTokensZero_ReturnsAnEmptyText()
    {
        TextGenerator generator = new(Pair.Engine);
        Assert.Equal("", generator.Generate(Prompt(4), new() { MaxTokens = 0 }, Token));
        Assert.Throws<InvalidOptionsException>(() => generator.Generate(Prompt(4), new() { MaxTokens = -1 }, Token));
    }

    [Fact]
    public void Generate_UnknownCharacter_IsNamed()
    {
        TextGenerator generator = new(Pair.Engine);
        UnknownCharacterException exception = Assert.Throws<UnknownCharacterException>(
            () => generator.Generate(Prompt(2) + "🙂", cancellationToken: Token));
        Assert.Equal(new Rune(0x1F642), exception.Character);
        // When the method is called, not when the first piece is read.
        Assert.Throws<UnknownCharacterException>(() => { generator.Stream("q", cancellationToken: Token); });
    }

    [Fact]
    public void Generate_LowercaseModel_NormalizesThePrompt()
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters("abcd \n", new TextNormalization(Lowercase: true));
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, vocabulary));
        GenerationOptions options = new() { MaxTokens = 50, Seed = 1 };
        Assert.Equal(generator.Generate("ab\ncd", options, Token), generator.Generate("AB\r\nCd", options, Token));
    }

    [Fact]
    public void Generate_GeneratorMadeAfterTheModelChanged_UsesTheNewParameters()
    {
        LanguageModel model = ModelPair.Random(15, 20, Window, GateActivation.Sigmoid).Engine;
        new TextGenerator(model).Generate("", new() { MaxTokens = 5 }, Token);
        Span<float> bias = model.Parameters.GetValues(model.Layout.DecoderBias);
        bias[4] = 1000;
        Assert.Equal(model.Tokenizer.Decode([4, 4, 4]), new TextGenerator(model).Generate("", new() { MaxTokens = 3 }, Token));
    }

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Generate_NoSeed_ReturnsAnotherTextEachTime(GenerationMode mode)
    {
        TextGenerator generator = new(Pair.Engine, mode);
        string[] texts = [.. Enumerable.Range(0, 4).Select(_ => generator.Generate("", new() { MaxTokens = 60 }, Token))];
        // 15 tokens of about the same probability: that two of four texts are equal is as likely as 15^-60.
        Assert.Equal(4, texts.Distinct().Count());
        Assert.NotEqual(
            generator.GenerateBatch([""], new() { MaxTokens = 60 }, Token), generator.GenerateBatch([""], new() { MaxTokens = 60 }, Token));
    }

    [Fact]
    public void Generate_UnknownCharactersSkipped_ContinuesTheRest()
    {
        TextGenerator generator = new(Pair.Engine);
        GenerationOptions options = new() { MaxTokens = 40, Seed = 1, UnknownCharacters = UnknownCharacterPolicy.Skip };
        string text = generator.Generate(Prompt(4), options, Token), prompt = Prompt(4).Insert(2, "x\U0001F642") + "!";
        Assert.Equal(text, generator.Generate(prompt, options, Token));
        Assert.Equal(text, string.Concat(generator.Stream(prompt, options, Token)));
        Assert.Equal([text], generator.GenerateBatch([prompt], options, Token));
        BeamOptions beams = new();
        Assert.Equal(generator.BeamSearch(Prompt(4), options, beams, Token), generator.BeamSearch(prompt, options, beams, Token));
        Assert.Equal(40, generator.Generate("?!", options, Token).Length);
        using GenerationSession session = generator.CreateSession(options), expected = generator.CreateSession(options);
        session.Append(prompt);
        expected.Append(Prompt(4));
        Assert.Equal(expected.Predict().LogProbabilities, session.Predict().LogProbabilities);
    }

    [Fact]
    public void Generate_Canceled_Stops()
    {
        TextGenerator generator = new(Pair.Engine);
        CancellationToken canceled = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => generator.Generate("", cancellationToken: canceled));
        Assert.Throws<OperationCanceledException>(() => generator.StreamTokens("", cancellationToken: canceled).Count());
        Assert.Throws<OperationCanceledException>(() => generator.Score(Prompt(4), cancellationToken: canceled));
        using CancellationTokenSource source = new();
        int count = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (string _ in generator.Stream("", new() { MaxTokens = null }, source.Token))
                if (++count == 10) source.Cancel();
        });
        Assert.Equal(10, count);
    }

    /// <summary>Generates as the notebook does: for each character, the whole window again, from a zero state.</summary>
    private static string GenerateNaively(LanguageModel model, string prompt, GenerationOptions options)
    {
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        TestSampler sampler = new(options, model.Tokenizer);
        List<int> ids = [.. model.Tokenizer.Encode(prompt)];
        for (int written = 0; written < options.MaxTokens; written++)
        {
            StatefulPredictor predictor = new(weights);
            foreach (int id in ids.TakeLast(model.Spec.Window)) predictor.Read(id);
            ids.Add(sampler.Choose(predictor.Predict()));
        }

        return model.Tokenizer.Decode([.. ids.TakeLast(options.MaxTokens!.Value)]);
    }

    private static string Prompt(int length)
    {
        Random random = new(length);
        CharacterTokenizer tokenizer = (CharacterTokenizer)Pair.Engine.Tokenizer;
        return tokenizer.Decode([.. Enumerable.Range(0, length).Select(_ => random.Next(tokenizer.VocabularySize))]);
    }
}
