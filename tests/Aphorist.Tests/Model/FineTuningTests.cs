using Aphorist.Model.Layers;
using Xunit;

namespace Aphorist.Tests.Model;

public sealed class FineTuningTests
{
    [Theory]
    [InlineData(0, Architecture.Lstm)]
    [InlineData(6, Architecture.Gru)]
    [InlineData(0, Architecture.Gru, ResetGate.Before)]
    [InlineData(0, Architecture.Rnn)]
    [InlineData(6, Architecture.Rnn)]
    [InlineData(9, Architecture.Lstm, ResetGate.After, true)]
    [InlineData(0, Architecture.Convolution)]
    [InlineData(9, Architecture.Convolution, ResetGate.After, true)]
    [InlineData(0, Architecture.Gru, ResetGate.After, false, true, true)]
    [InlineData(0, Architecture.Convolution, ResetGate.After, false, false, true)]
    public void GrowFor_NewCharacters_KeepsEveryWeightOfTheOld(
        int embedding,
        Architecture architecture,
        ResetGate reset = ResetGate.After,
        bool tied = false,
        bool residual = false,
        bool normalized = false)
    {
        ModelSpec spec = new()
        {
            HiddenSize = 9,
            Layers = 2,
            EmbeddingSize = embedding,
            Architecture = architecture,
            ResetGate = reset,
            TiedEmbedding = tied,
            Residual = residual,
            LayerNormalization = normalized,
        };
        LanguageModel model = LanguageModel.Create(spec, CharacterTokenizer.FromCharacters("bdf"), seed: 1);
        foreach (NormalizationTensors normalization in model.Layout.Normalizations)
            model.Parameters.GetValues(normalization.Gain).Fill(1.5f);
        model.Parameters.GetValues(model.Layout.DecoderBias).Fill(7);
        LanguageModel grown = model.ExtendVocabulary(Corpus.FromText("abcdee"), seed: 2);
        CharacterTokenizer vocabulary = Assert.IsType<CharacterTokenizer>(grown.Tokenizer);
        Assert.Equal("abcdef", vocabulary.Characters);
        Assert.Equal([0f, 7f, 0f, 7f, 0f, 7f], grown.Parameters.GetValues(grown.Layout.DecoderBias));
        AssertRows(model, model.Layout.DecoderKernel, grown, grown.Layout.DecoderKernel);
        AssertRows(
            model, model.Layout.Embedding ?? model.Layout.Layers[0].InputKernel, grown,
            grown.Layout.Embedding ?? grown.Layout.Layers[0].InputKernel);
        Assert.Equal(
            model.Parameters.GetValues(model.Layout.Layers[1].InputKernel), grown.Parameters.GetValues(grown.Layout.Layers[1].InputKernel));
        if (model.Layout.Layers[1].RecurrentKernel is { } recurrent)
            Assert.Equal(model.Parameters.GetValues(recurrent), grown.Parameters.GetValues(grown.Layout.Layers[1].RecurrentKernel!));
        foreach (NormalizationTensors normalization in grown.Layout.Normalizations)
            Assert.Equal(-1, grown.Parameters.GetValues(normalization.Gain).IndexOfAnyExcept(1.5f));
        // New tokens begin as in a new model, and so almost never win: with the old biases the two write the same.
        TextGenerator before = new(model), after = new(grown);
        GenerationOptions options = new() { MaxTokens = 30, Temperature = 0 };
        CancellationToken token = TestContext.Current.CancellationToken;
        Assert.Equal(before.Generate("bdf", options, token), after.Generate("bdf", options, token));
    }

    [Fact]
    public void GrowFor_NewWords_PutsThemAfterTheOld()
    {
        WordTokenizer words = WordTokenizer.Create(Corpus.FromText("the cat and the dog"), minimumCount: 1);
        LanguageModel model = LanguageModel.Create(new ModelSpec { HiddenSize = 4, EmbeddingSize = 3 }, words);
        WordTokenizer grown = Assert.IsType<WordTokenizer>(model.ExtendVocabulary(Corpus.FromText("the bird and the bird")).Tokenizer);
        Assert.Equal(words.Tokens, grown.Tokens.Take(words.VocabularySize));
        Assert.Contains(" bird", grown.Tokens);
        Assert.False(grown.Spelling.IsUniform);
    }

    private static void AssertRows(LanguageModel old, ParameterTensor oldTensor, LanguageModel grown, ParameterTensor tensor)
    {
        ReadOnlySpan<float> before = old.Parameters.GetValues(oldTensor), after = grown.Parameters.GetValues(tensor);
        int length = before.Length / 3;
        foreach ((int from, int to) in ((int, int)[])[(0, 1), (1, 3), (2, 5)])
            Assert.Equal(before.Slice(from * length, length), after.Slice(to * length, length));
    }
}
