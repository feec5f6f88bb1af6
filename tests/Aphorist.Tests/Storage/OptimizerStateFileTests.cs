using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Model files with an optimizer state.</summary>
public sealed class OptimizerStateFileTests : IDisposable
{
    private readonly StoredModel file = new();

    public void Dispose() => file.Dispose();

    [Fact]
    public void Save_State_LoadsBitForBit()
    {
        LanguageModel model = WithState(Architecture.Gru);

        LanguageModel loaded = file.Reload(model);

        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(loaded));
        AssertSame(model.OptimizerState!, loaded.OptimizerState!);
    }

    [Fact]
    public void Save_State_IsTensorsBehindThoseOfTheModel()
    {
        WithState(Architecture.Lstm).Save(file.Path);

        string[] names = [.. ModelFileInfo.Read(file.Path).Tensors.Select(tensor => tensor.Name)];

        string[] once = ["lstm.weight_ih_l0", "lstm.weight_hh_l0", "lstm.bias_ih_l0", "decoder.weight", "decoder.bias"];
        Assert.Equal(
            [
                .. once[..3], "lstm.bias_hh_l0", .. once[3..], .. once.Select(name => $"optimizer.adam.mean.{name}"),
                .. once.Select(name => $"optimizer.adam.mean_square.{name}"),
            ],
            names);
    }

    [Theory]
    [InlineData(
        "\"adam.mean\"",
        "\"adam.median\"",
        "it has the state 'adam.median, adam.mean_square' of an optimizer that this program does not know")]
    [InlineData("\"steps\":9", "\"steps\":-1", "of an optimizer that this program does not know")]
    [InlineData("\"optimizer\":", "\"optimiser\":", "it has an unexpected tensor 'optimizer.adam.mean.lstm.weight_ih_l0'")]
    public void Load_ChangedDescription_SaysWhatIsWrong(string before, string after, string problem)
    {
        file.SaveChanged(WithState(Architecture.Lstm), before, after);

        Assert.Contains(problem, file.LoadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void GrowFor_NewCharacters_KeepsWhatBelongsToTheOld()
    {
        LanguageModel model = WithState(Architecture.Lstm);
        string known = ((CharacterTokenizer)model.Tokenizer).Characters;

        LanguageModel grown = model.ExtendVocabulary(Corpus.FromText(known + "~"));

        OptimizerState state = grown.OptimizerState!;
        Assert.Equal((9, model.OptimizerState!.Moments), (state.Steps, state.Moments));
        int end = grown.Tokenizer.Encode("~")[0], row = 4 * grown.Spec.HiddenSize;
        ReadOnlySpan<float> before = model.OptimizerState.GetValues(1).GetValues(model.Layout.Layers[0].InputKernel);
        ReadOnlySpan<float> after = state.GetValues(1).GetValues(grown.Layout.Layers[0].InputKernel);
        Assert.Equal(-1, after.Slice(end * row, row).IndexOfAnyExcept(0f));
        foreach (int id in Enumerable.Range(0, model.Tokenizer.VocabularySize))
            Assert.Equal(
                before.Slice(id * row, row), after.Slice(grown.Tokenizer.Encode(model.Tokenizer.GetDisplayText(id))[0] * row, row));
    }

    private static LanguageModel WithState(Architecture architecture)
    {
        LanguageModel model = SampleModel.Make(new ModelSpec { HiddenSize = 5, Architecture = architecture });
        model.OptimizerState = new(model, 9, [OptimizerState.AdamMean, OptimizerState.AdamMeanSquare]);
        for (int moment = 0; moment < 2; moment++)
            foreach (ParameterTensor tensor in model.Parameters.Tensors)
                for (int place = 0; place < tensor.Length; place++)
                    model.OptimizerState.GetValues(moment).GetValues(tensor)[place] = MathF.Sin(place + 1000 * moment) + 2;
        return model;
    }

    private static void AssertSame(OptimizerState expected, OptimizerState actual)
    {
        Assert.Equal(expected.Steps, actual.Steps);
        Assert.Equal(expected.Moments, actual.Moments);
        for (int moment = 0; moment < expected.Moments.Count; moment++)
            Assert.Equal(expected.GetValues(moment).Values, actual.GetValues(moment).Values);
    }
}
