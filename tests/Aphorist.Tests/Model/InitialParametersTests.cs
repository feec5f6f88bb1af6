using Aphorist.Model.Layers;
using Xunit;

namespace Aphorist.Tests.Model;

public sealed class InitialParametersTests
{
    private const int H = 24, V = 31;

    private static readonly LanguageModel Model = Create(seed: 1);

    [Fact]
    public void Create_InputKernel_FillsTheGlorotInterval() => AssertGlorot(Model.Layout.Layers[0].InputKernel, V, 4 * H);

    [Fact]
    public void Create_DecoderKernel_FillsTheGlorotInterval() => AssertGlorot(Model.Layout.DecoderKernel, H, V);

    [Fact]
    public void Create_RecurrentKernel_HasOrthonormalRows() =>
        AssertOrthonormalRows(Model.Parameters.GetValues(Model.Layout.Layers[0].RecurrentKernel!), 4 * H);

    [Fact]
    public void Create_Biases_AreZeroExceptTheForgetGates()
    {
        float[] bias = Model.Parameters.GetValues(Model.Layout.Layers[0].Bias).ToArray();
        Assert.All(bias.Index(), pair => Assert.Equal(pair.Index / H == 1 ? 1f : 0f, pair.Item));
        Assert.Equal(-1, Model.Parameters.GetValues(Model.Layout.DecoderBias).IndexOfAnyExcept(0f));
    }

    [Fact]
    public void Create_Convolution_FillsTheGlorotIntervalOfAllPlacesAndHasZeroBiases()
    {
        LanguageModel convolution = LanguageModel.Create(
            new() { Architecture = Architecture.Convolution, HiddenSize = H, Layers = 2, KernelSize = 3 },
            ModelPair.VocabularyOf(V),
            seed: 1);
        AssertGlorot(convolution.Layout.Layers[0].InputKernel, 3 * V, 3 * 2 * H, convolution);
        AssertGlorot(convolution.Layout.Layers[1].InputKernel, 3 * H, 3 * 2 * H, convolution);
        Assert.Equal([2 * H, V, 3], convolution.Layout.Layers[0].InputKernel.Shape);
        foreach (LayerTensors tensors in convolution.Layout.Layers)
            Assert.Equal(-1, convolution.Parameters.GetValues(tensors.Bias).IndexOfAnyExcept(0f));
        Assert.Equal(2 * H * (3 * V + 1 + 3 * H + 1) + V * (H + 1), convolution.Parameters.Count);
    }

    [Fact]
    public void Create_Rnn_BeginsAsSimpleRnnOfKeras()
    {
        LanguageModel rnn = LanguageModel.Create(
            new() { Architecture = Architecture.Rnn, HiddenSize = H, Layers = 2 }, ModelPair.VocabularyOf(V), seed: 1);
        AssertGlorot(rnn.Layout.Layers[0].InputKernel, V, H, rnn);
        AssertGlorot(rnn.Layout.Layers[1].InputKernel, H, H, rnn);
        foreach (LayerTensors tensors in rnn.Layout.Layers)
        {
            AssertOrthonormalRows(rnn.Parameters.GetValues(tensors.RecurrentKernel!), H);
            Assert.Equal(-1, rnn.Parameters.GetValues(tensors.Bias).IndexOfAnyExcept(0f));
        }

        Assert.Equal(H * (V + H + 1 + H + H + 1) + V * (H + 1), rnn.Parameters.Count);
    }

    [Theory]
    [InlineData(0, 0, 60, "HiddenSize is 0; it must be 1 to 65536.")]
    [InlineData(8, -1, 60, "EmbeddingSize is -1; it must be 0 to 65536.")]
    [InlineData(8, 0, 0, "Window is 0; it must be 1 to 1048576.")]
    [InlineData(32768, 0, 60, "'lstm.weight_hh_l0' of 131072 x 32768 values the model has more than 1073741823 parameters")]
    [InlineData(65536, 65536, 60, "the model has more than 1073741823 parameters")]
    [InlineData(int.MaxValue, 0, 60, "HiddenSize is 2147483647;")]
    public void Create_SizeOutOfRange_SaysWhich(int hidden, int embedding, int window, string problem)
    {
        ModelSpec spec = new() { HiddenSize = hidden, EmbeddingSize = embedding, Window = window };
        Assert.Contains(
            problem, Assert.Throws<InvalidOptionsException>(() => LanguageModel.Create(spec, ModelPair.VocabularyOf(V))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Create_TiedEmbedding_HasOneTensorThatBeginsAsTheDecoders()
    {
        LanguageModel tied =
            LanguageModel.Create(new() { HiddenSize = H, EmbeddingSize = H, TiedEmbedding = true }, ModelPair.VocabularyOf(V), seed: 1);
        Assert.Same(tied.Layout.Embedding, tied.Layout.DecoderKernel);
        Assert.Equal("embedding.weight", tied.Parameters.Tensors[0].Name);
        Assert.Equal(4 * H * (H + H + 1) + V * (H + 1), tied.Parameters.Count);
        Assert.Equal(Model.Parameters.GetValues(Model.Layout.DecoderKernel), tied.Parameters.GetValues(tied.Layout.DecoderKernel));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(H + 1)]
    public void Create_TiedEmbeddingOfAnotherSize_SaysBoth(int embedding)
    {
        ModelSpec spec = new() { HiddenSize = H, EmbeddingSize = embedding, TiedEmbedding = true };
        string message = Assert.Throws<InvalidOptionsException>(() => LanguageModel.Create(spec, ModelPair.VocabularyOf(V))).Message;
        Assert.Contains($"but they are {embedding} and {H}", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_SameSeed_GivesTheSameParameters() => Assert.Equal(Model.Parameters.Values, Create(seed: 1).Parameters.Values);

    [Fact]
    public void Create_OtherSeed_GivesOtherKernels()
    {
        LanguageModel other = Create(seed: 2);
        LayerTensors layer = Model.Layout.Layers[0];
        foreach (ParameterTensor tensor in (ParameterTensor[])[layer.InputKernel, layer.RecurrentKernel!, Model.Layout.DecoderKernel])
            Assert.NotEqual(Model.Parameters.GetValues(tensor).ToArray(), other.Parameters.GetValues(tensor).ToArray());
    }

    [Fact]
    public void Create_Arena_HoldsAlignedTensorsThatDoNotOverlap()
    {
        int end = 0;
        foreach (ParameterTensor tensor in Model.Parameters.Tensors)
        {
            Assert.Equal(0, tensor.Offset % 16);
            Assert.InRange(tensor.Offset, end, end + 15);
            end = tensor.Offset + tensor.Length;
        }

        Assert.Equal(end, Model.Parameters.Values.Length);
        Assert.Equal(4 * H * (V + H + 1) + V * (H + 1), Model.Parameters.Count);
    }

    private static LanguageModel Create(ulong seed) => LanguageModel.Create(new() { HiddenSize = H }, ModelPair.VocabularyOf(V), seed);

    private static void AssertOrthonormalRows(ReadOnlySpan<float> kernel, int columns)
    {
        for (int first = 0; first < H; first++)
        {
            for (int second = 0; second <= first; second++)
            {
                double product = 0;
                for (int column = 0; column < columns; column++)
                    product += (double)kernel[first * columns + column] * kernel[second * columns + column];
                Assert.Equal(first == second ? 1 : 0, product, Tolerance.OfDotProduct(4));
            }
        }
    }

    /// <summary>Uniform over [-limit, limit]: the mean is 0 and the mean square limit^2 / 3, to five standard errors.</summary>
    private static void AssertGlorot(ParameterTensor tensor, int fanIn, int fanOut, LanguageModel? model = null)
    {
        double limit = Math.Sqrt(6.0 / (fanIn + fanOut));
        double[] shares = [.. (model ?? Model).Parameters.GetValues(tensor).ToArray().Select(value => value / limit)];
        double unit = 5 / Math.Sqrt(shares.Length);
        Assert.All(shares, share => Assert.InRange(share, -1 - Tolerance.Rounding, 1 + Tolerance.Rounding));
        Assert.True(shares.Max() > 0.98 && shares.Min() < -0.98);
        Assert.Equal(0, shares.Average(), unit / Math.Sqrt(3));
        Assert.Equal(1.0 / 3, shares.Average(share => share * share), unit * Math.Sqrt(4.0 / 45));
    }
}
