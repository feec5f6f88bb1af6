using System.Net;
using Aphorist.Studio.Inside;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Studio.Tests.Inside;

/// <summary>Tensors as images.</summary>
public sealed class WeightPictureTests
{
    private static readonly Tokenizer Letters = Tokenizer.Create(Corpus.FromText("abc"));

    [Fact]
    public void Create_Kernel_HasARowForEachInputAndABlockForEachGate()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5 }, Letters, seed: 1);
        WeightPicture picture = WeightPicture.Create(model, model.Parameters["lstm.weight_ih_l0"]);
        Assert.Equal((3, 20), picture.Size);
        Assert.Equal(picture.Size, picture.Pixels);
        Assert.Equal(4, picture.Blocks);
        float[] values = model.Parameters.ToArray("lstm.weight_ih_l0");
        Assert.Equal([20, 3], picture.Shape);
        for (int row = 0; row < 3; row++)
        {
            for (int column = 0; column < 20; column++)
            {
                double expected = Math.Clamp(values[column * 3 + row] / picture.Scale, -1, 1);
                Assert.Equal(expected, (sbyte)picture.Bytes[row * 20 + column] / 127.0, 0.5 / 127 + 1e-6);
            }
        }

        double mean = values.Average(value => (double)value);
        Assert.Equal(mean, picture.Mean, 1e-9);
        Assert.Equal(Math.Sqrt(values.Average(value => (value - mean) * (value - mean))), picture.Deviation, 1e-9);
        Assert.Equal((values.Min(), values.Max()), (picture.Minimum, picture.Maximum));
    }

    [Theory]
    [InlineData("decoder.weight", 3, 5, 1)]
    [InlineData("decoder.bias", 1, 3, 1)]
    [InlineData("lstm.weight_hh_l0", 5, 20, 4)]
    [InlineData("lstm.bias_l0", 1, 20, 4)]
    [InlineData("layer_norm.weight_l0", 1, 5, 1)]
    public void Create_OtherTensors_HaveTheirRows(string name, int rows, int columns, int blocks)
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 5, LayerNormalization = true }, Letters);
        WeightPicture picture = WeightPicture.Create(model, model.Parameters[name]);
        Assert.Equal((rows, columns, blocks), (picture.Size.Rows, picture.Size.Columns, picture.Blocks));
        Assert.Equal(rows * columns, picture.Bytes.Length);
    }

    [Fact]
    public void Create_LargeTensor_IsAveragedDown()
    {
        LanguageModel model = LanguageModel.CreateEmpty(new() { HiddenSize = 600 }, Letters);
        // [600, 2400]: one value for each row.
        Span<float> values = model.Parameters.GetValues("lstm.weight_hh_l0");
        for (int row = 0; row < 600; row++) values.Slice(row * 2400, 2400).Fill(row % 2 == 0 ? 1 : row < 300 ? 1 : -1);
        WeightPicture picture = WeightPicture.Create(model, model.Parameters["lstm.weight_hh_l0"]);
        Assert.Equal((300, 1200), picture.Pixels);
        Assert.All(picture.Bytes.Take(1200 * 150), value => Assert.Equal(127, value));
        Assert.All(picture.Bytes.Skip(1200 * 150), value => Assert.Equal(0, value));
    }

    [Fact]
    public void Create_Zeros_ArePale()
    {
        LanguageModel model = LanguageModel.CreateEmpty(new() { HiddenSize = 5 }, Letters);
        WeightPicture picture = WeightPicture.Create(model, model.Parameters["decoder.weight"]);
        Assert.All(picture.Bytes, value => Assert.Equal(0, value));
        Assert.Equal((0, 0, 0), (picture.Scale, picture.Mean, picture.Deviation));
    }

    [Theory]
    [InlineData(Architecture.Lstm)]
    [InlineData(Architecture.Gru)]
    [InlineData(Architecture.Rnn)]
    [InlineData(Architecture.Convolution)]
    public void Parts_OfEveryModel_AreItsLayersInOrderWithAMeaning(Architecture architecture)
    {
        ModelSpec spec = new() { Architecture = architecture, HiddenSize = 5, Layers = 3, EmbeddingSize = 5, LayerNormalization = true };
        LanguageModel model = LanguageModel.Create(spec, Letters);
        Assert.Equal(
            (string[])["input", "layer-0", "layer-1", "layer-2"],
            model.Parameters.Tensors.Select(tensor => WeightPicture.PartOf(tensor.Name)).Distinct().SkipLast(1));
        Assert.Equal("output", WeightPicture.PartOf(model.Parameters.Tensors[^1].Name));
        foreach (ParameterTensor tensor in model.Parameters.Tensors)
        {
            (string english, string chinese) = WeightMeaning.Of(spec, tensor.Name);
            Assert.EndsWith(".", english, StringComparison.Ordinal);
            Assert.EndsWith("。", chinese, StringComparison.Ordinal);
            int blocks = WeightPicture.Create(model, tensor).Blocks;
            Assert.True(blocks == 1 || blocks == WeightMeaning.BlocksOf(spec).Count);
        }
    }

    [Fact]
    public async Task Endpoint_Tensor_IsItsBytes()
    {
        using TemporaryFolder folder = new();
        LanguageModel model = TinyModel.Save(folder.Path, "tiny");
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        byte[] bytes = await client.GetByteArrayAsync(
            new Uri("/inside/weights/tiny/decoder.weight", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(WeightPicture.Create(model, model.Parameters["decoder.weight"]).Bytes, bytes);
        foreach (string path in (string[])["tiny/nothing", "nowhere/decoder.weight", "..%2Ftiny/decoder.weight", "tiny/..%2F..%2Fkey"])
        {
            using HttpResponseMessage response = await client.GetAsync(
                new Uri($"/inside/weights/{path}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        using HttpClient stranger = new() { BaseAddress = studio.Address };
        using HttpResponseMessage refused = await stranger.GetAsync(
            new Uri("/inside/weights/tiny/decoder.weight", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }
}
