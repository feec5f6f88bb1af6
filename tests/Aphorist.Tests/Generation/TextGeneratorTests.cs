using System.Text;
using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
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
    public void Complete_Greedy_TakesTheReferencesLikeliestCharacters(GenerationMode mode, int promptLength)
    {
        string prompt = Prompt(promptLength);
        TextGenerator generator = new(Pair.Engine, mode, threads: 2);
        string text = generator.Generate(prompt, new() { MaxTokens = 40, Temperature = 0 }, Token);
        int[] ids = Pair.Engine.Tokenizer.Encode(prompt + text);
        for (int place = promptLength; place < ids.Length; place++)
        {
            int first = mode == GenerationMode.Window ? Math.Max(0, place - Window) : 0;
            double[] logits = Pair.Reference.Logits(ids.AsSpan(first, place - first));
            // Two logits nearer to each other than rounding are equally likely.
            Tolerance.AssertClose(logits.Max(), logits[ids[place]], Tolerance.OfChain(20 * place), 1, "logit of the chosen character", place);
        }
    }

    [Fact]
    public void Complete_WindowTooLongForArrays_SaysWhatToChange()
    {
        // The gates of so many states are 2^32 numbers, of which an int keeps none.
        ModelSpec spec = new() { HiddenSize = 1024, Window = 1 << 20 };
        TextGenerator generator = new(LanguageModel.CreateEmpty(spec, Pair.Engine.Tokenizer), GenerationMode.Window, threads: 1);
        string message = Assert.Throws<ArgumentException>(() => generator.Generate("", new() { MaxTokens = 1 }, Token)).Message;
        Assert.Contains("take a model with a shorter window", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(20)]
    public void Complete_Window_WritesWhatRunningEveryWindowAloneWrites(int promptLength)
    {
        string prompt = Prompt(promptLength);
        GenerationOptions options = new() { MaxTokens = 200, Temperature = 1.2, Seed = 3 };
        string naive = CompleteNaively(Pair.Engine, prompt, options);
        foreach (int threads in (int[])[1, 2, 3])
        {
            TextGenerator generator = new(Pair.Engine, GenerationMode.Window, threads);
            Assert.Equal(naive, generator.Generate(prompt, options, Token));
        }
    }

    [Theory]
    [InlineData(GenerationMode.Stateful)]
    [InlineData(GenerationMode.Window)]
    public void Complete_SameSeed_WritesTheSameText(GenerationMode mode)
    {
        TextGenerator generator = new(Pair.Engine, mode), another = new(Pair.Engine, mode);
        string text = generator.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 1 }, Token);
        Assert.Equal(text, generator.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 1 }, Token));
        Assert.Equal(text, another.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 1 }, Token));
        Assert.NotEqual(text, generator.Generate(Prompt(4), new() { MaxTokens = 100, Seed = 2 }, Token));
    }

    [Fact]
    public void Complete_WindowModeAndLongPrompt_SeesOnlyTheLastWindow()
    {
        TextGenerator generator = new(Pair.Engine, GenerationMode.Window);
        string longPrompt = Prompt(50);
        GenerationOptions options = new() { MaxTokens = 50, Seed = 1 };
        Assert.Equal(generator.Generate(longPrompt[^Window..], options, Token), generator.Generate(longPrompt, options, Token));
    }

    [Fact]
    public void Stream_SameOptions_WritesWhatCompleteWrites()
    {
        TextGenerator generator = new(Pair.Engine);
        GenerationOptions options = new() { MaxTokens = 60, Seed = 1 };
        string text = string.Concat(generator.Stream(Prompt(4), options with { MaxTokens = null }, Token).Take(60));
        Assert.Equal(generator.Generate(Prompt(4), options, Token), text);
    }

    [Fact]
    public void Stream_ReadTwiceAtTheSameTime_WritesTheSameText()
    {
        IEnumerable<string> text = new TextGenerator(Pair.Engine).Stream(Prompt(4), new() { MaxTokens = 40, FrequencyPenalty = 0.3 }, Token);
        Assert.All(text.Zip(text), pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(40, text.Count());
    }

    [Fact]
    public void Complete_LengthZero_WritesNothing()
    {
        TextGenerator generator = new(Pair.Engine);
        Assert.Equal("", generator.Generate(Prompt(4), new() { MaxTokens = 0 }, Token));
        Assert.Throws<InvalidOptionsException>(() => generator.Generate(Prompt(4), new() { MaxTokens = -1 }, Token));
    }

    [Fact]
    public void Complete_UnknownCharacter_IsNamed()
    {
        TextGenerator generator = new(Pair.Engine);
        UnknownCharacterException exception = Assert.Throws<UnknownCharacterException>(() => generator.Generate(Prompt(2) + "🙂", cancellationToken: Token));
        Assert.Equal(new Rune(0x1F642), exception.Character);
        // At once, not when the first character is asked for.
        Assert.Throws<UnknownCharacterException>(() => { generator.Stream("q", cancellationToken: Token); });
    }

    [Fact]
    public void Complete_LowercaseModel_NormalisesThePrompt()
    {
        CharacterTokenizer vocabulary = CharacterTokenizer.FromCharacters("abcd \n", new TextNormalization(Lowercase: true));
        TextGenerator generator = new(LanguageModel.Create(new() { HiddenSize = 9, Window = Window }, vocabulary));
        GenerationOptions options = new() { MaxTokens = 50, Seed = 1 };
        Assert.Equal(generator.Generate("ab\ncd", options, Token), generator.Generate("AB\r\nCd", options, Token));
    }

    [Fact]
    public void Complete_GeneratorMadeAfterTheModelChanged_UsesTheNewParameters()
    {
        LanguageModel model = ModelPair.Random(15, 20, Window, GateActivation.Sigmoid).Engine;
        new TextGenerator(model).Generate("", new() { MaxTokens = 5 }, Token);
        Span<float> bias = model.Parameters.GetValues(model.Layout.DecoderBias);
        bias[4] = 1000;
        Assert.Equal(model.Tokenizer.Decode([4, 4, 4]), new TextGenerator(model).Generate("", new() { MaxTokens = 3 }, Token));
    }

    /// <summary>As the notebook does it: for every character the last window again, from a zero state.</summary>
    private static string CompleteNaively(LanguageModel model, string prompt, GenerationOptions options)
    {
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        SampledChoices sampler = new(options, model.Tokenizer);
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
        return Pair.Engine.Tokenizer.Decode([.. Enumerable.Range(0, length).Select(_ => random.Next(Pair.Engine.Tokenizer.VocabularySize))]);
    }
}
