using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Tests.Generation.Sampling;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>Generates with every kind of tokens.</summary>
public sealed class TokenizerGenerationTests
{
    private static readonly Corpus Corpus = Corpus.FromText(
        "the cat, the hen and the caf\u00e9: \u4e2d\U0001F600. ", normalization: new(Lowercase: true));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(TokenizerKind.Characters, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Words, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Words, GenerationMode.Window)]
    [InlineData(TokenizerKind.Bytes, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Bytes, GenerationMode.Window)]
    public void Generate_AnyTokens_ReturnsMaxTokens(TokenizerKind kind, GenerationMode mode)
    {
        LanguageModel model = Model(kind);
        TextGenerator generator = new(model, mode, threads: 2);
        foreach (int length in (int[])[0, 1, 2, 3, 50])
        {
            string expected = model.Tokenizer.Decode(SampleIds(model, "the cat", length));
            Assert.Equal(expected, generator.Generate("The CAT", new() { MaxTokens = length, Seed = 5 }, Token));
        }

    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.2)]
    public void Generate_UnknownTokenIsMostLikely_IsNeverGenerated(double temperature)
    {
        LanguageModel model = Model(TokenizerKind.Words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[WordTokenizer.UnknownId] = 100;
        TextGenerator generator = new(model);
        string text = generator.Generate("the", new() { MaxTokens = 50, Temperature = temperature }, Token);
        Assert.DoesNotContain(WordTokenizer.UnknownToken, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Stream_AnyTokens_ReturnsPiecesOfTheText(TokenizerKind kind)
    {
        TextGenerator generator = new(Model(kind));
        GenerationOptions options = new() { MaxTokens = 40, Seed = 2 };
        string[] pieces = [.. generator.Stream("the", options, Token)];
        Assert.DoesNotContain("", pieces);
        Assert.Equal(generator.Generate("the", options, Token), string.Concat(pieces));
        Assert.Equal(pieces[..5], generator.Stream("the", options with { MaxTokens = null }, Token).Take(5));
    }

    [Fact]
    public void Stream_BytesOfOneCharacter_FormOnePiece()
    {
        LanguageModel model = Model(TokenizerKind.Bytes);
        model.Parameters.Values.Clear();
        Span<float> kernel = model.Parameters.GetValues(model.Layout.DecoderBias);
        kernel[0xC3] = 1000;
        TextGenerator generator = new(model);
        // The first byte of a character is followed by itself instead of a second byte, and it ends the text.
        Assert.Equal(["\uFFFD", "\uFFFD", "\uFFFD"], generator.Stream("", new() { MaxTokens = 3 }, Token));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", generator.Generate("", new() { MaxTokens = 3 }, Token));
    }

    [Fact]
    public void Generate_UnknownWord_IsReadAsTheUnknownToken()
    {
        TextGenerator generator = new(Model(TokenizerKind.Words));
        GenerationOptions options = new() { MaxTokens = 20, Seed = 1 };
        Assert.Equal(generator.Generate("the dog", options, Token), generator.Generate("the cow", options, Token));
    }

    /// <summary>Samples ids with a predictor and a sampler.</summary>
    private static int[] SampleIds(LanguageModel model, string prompt, int length)
    {
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        StatefulPredictor predictor = new(weights);
        foreach (int id in model.Tokenizer.Encode(prompt)) predictor.Read(id);
        TestSampler sampler = new(new() { Seed = 5 }, model.Tokenizer);
        int[] ids = new int[length];
        for (int place = 0; place < length; place++)
        {
            ids[place] = sampler.Choose(predictor.Predict());
            predictor.Read(ids[place]);
        }

        return ids;
    }

    // The window is longer than any text here, so both modes generate the same.
    private static LanguageModel Model(TokenizerKind kind)
    {
        Tokenizer tokenizer = new TokenizerOptions { Kind = kind, MinimumCount = 1 }.CreateTokenizer(Corpus);
        return LanguageModel.Create(new() { HiddenSize = 9, Window = 100 }, tokenizer, seed: 3);
    }
}
