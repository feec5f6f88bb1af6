using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Generation;

/// <summary>Writing with tokens that are not characters.</summary>
public sealed class TokenGenerationTests
{
    private static readonly Corpus Corpus = Corpus.FromText("the cat, the hen and the caf\u00e9: \u4e2d\U0001F600. ", normalization: new(Lowercase: true));

    [Theory]
    [InlineData(TokenizerKind.Characters, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Words, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Words, GenerationMode.Window)]
    [InlineData(TokenizerKind.Bytes, GenerationMode.Stateful)]
    [InlineData(TokenizerKind.Bytes, GenerationMode.Window)]
    public void Complete_AnyTokens_WritesAsManyAsAskedFor(TokenizerKind kind, GenerationMode mode)
    {
        LanguageModel model = Model(kind);
        TextGenerator generator = new(model, mode, threads: 2);
        foreach (int length in (int[])[0, 1, 2, 3, 50])
            Assert.Equal(model.Tokenizer.Decode(Ids(model, "the cat", length)), generator.Generate("The CAT", length, new() { Seed = 5 }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1.2)]
    public void Complete_UnknownWordIsLikeliest_IsNeverWritten(double temperature)
    {
        LanguageModel model = Model(TokenizerKind.Words);
        model.Parameters.GetValues(model.Layout.DecoderBias)[WordTokenizer.UnknownId] = 100;
        TextGenerator generator = new(model);
        Assert.DoesNotContain(WordTokenizer.UnknownToken, generator.Generate("the", 50, new() { Temperature = temperature }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void Stream_AnyTokens_YieldsPiecesThatMakeTheSameText(TokenizerKind kind)
    {
        TextGenerator generator = new(Model(kind));
        string[] pieces = [.. generator.Stream("the", new() { Seed = 2 }, length: 40)];
        Assert.DoesNotContain("", pieces);
        Assert.Equal(generator.Generate("the", 40, new() { Seed = 2 }), string.Concat(pieces));
        Assert.Equal(pieces[..5], generator.Stream("the", new() { Seed = 2 }).Take(5));
    }

    [Fact]
    public void Stream_BytesOfOneCharacter_ArePiecesOnlyTogether()
    {
        LanguageModel model = Model(TokenizerKind.Bytes);
        model.Parameters.Values.Clear();
        Span<float> kernel = model.Parameters.GetValues(model.Layout.DecoderBias);
        kernel[0xC3] = 1000;
        TextGenerator generator = new(model);
        // The first byte of a character is followed by itself instead of a second one, and the text ends with it.
        Assert.Equal(["\uFFFD", "\uFFFD", "\uFFFD"], generator.Stream("", length: 3));
        Assert.Equal("\uFFFD\uFFFD\uFFFD", generator.Generate("", 3));
    }

    [Fact]
    public void Complete_UnknownWord_IsReadAsTheUnknownToken()
    {
        TextGenerator generator = new(Model(TokenizerKind.Words));
        Assert.Equal(generator.Generate("the dog", 20), generator.Generate("the cow", 20));
    }

    [Fact]
    public void Stream_NegativeLength_IsRefusedAtOnce()
    {
        TextGenerator generator = new(Model(TokenizerKind.Bytes));
        Assert.Throws<ArgumentOutOfRangeException>(() => { generator.Stream("", length: -1); });
    }

    /// <summary>The ids that the sampler chooses, token by token.</summary>
    private static int[] Ids(LanguageModel model, string prompt, int length)
    {
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        StatefulPredictor predictor = new(weights);
        foreach (int id in model.Tokenizer.Encode(prompt)) predictor.Read(id);
        SampledChoices sampler = new(new() { Seed = 5 }, model.Tokenizer);
        int[] ids = new int[length];
        for (int place = 0; place < length; place++)
        {
            ids[place] = sampler.Choose(predictor.Predict());
            predictor.Read(ids[place]);
        }

        return ids;
    }

    // The window is longer than any text here, so that both modes write the same.
    private static LanguageModel Model(TokenizerKind kind) =>
        LanguageModel.Create(new() { HiddenSize = 9, Window = 100 }, Tokenizer.Create(Corpus, new() { Kind = kind, MinimumCount = 1 }), seed: 3);
}
