using System.Globalization;
using Aphorist.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aphorist.Studio.Inside;

/// <summary>A tensor of a model as an image, with its statistics.</summary>
/// <remarks>
/// A row is what goes in, a column what comes out, except in the decoder and the embedding, which have a row for each token. A tensor that
/// is too large for an image is averaged down.
/// </remarks>
internal sealed record WeightPicture
{
    /// <summary>The largest image.</summary>
    public const int MaxWidth = 1536, MaxHeight = 512;

    // What is farther from the mean has the darkest colour.
    private const int Deviations = 3;

    /// <summary>The name of the tensor.</summary>
    public required string Name { get; init; }

    /// <summary>The shape of the tensor, as PyTorch has it.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>The rows and columns that the image shows.</summary>
    public required (int Rows, int Columns) Size { get; init; }

    /// <summary>The size of the image in pixels.</summary>
    public required (int Height, int Width) Pixels { get; init; }

    /// <summary>The number of blocks of columns: one for each gate. 1 for other tensors.</summary>
    public required int Blocks { get; init; }

    /// <summary>The smallest value.</summary>
    public required double Minimum { get; init; }

    /// <summary>The largest value.</summary>
    public required double Maximum { get; init; }

    /// <summary>The mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The standard deviation.</summary>
    public required double Deviation { get; init; }

    /// <summary>The value with the darkest colour.</summary>
    public required double Scale { get; init; }

    /// <summary>[height, width]: signed bytes, the value divided by the scale, times 127.</summary>
    public required byte[] Bytes { get; init; }

    /// <summary>The part of a model that a tensor belongs to: input, layer-0, layer-1, ..., output.</summary>
    public static string PartOf(string tensor)
    {
        if (tensor.StartsWith("embedding", StringComparison.Ordinal)) return "input";
        if (tensor.StartsWith("decoder", StringComparison.Ordinal)) return "output";
        string[] words = tensor.Split('.');
        string layer = words[0] == "convolution" ? words[1] : words[1][(words[1].LastIndexOf("_l", StringComparison.Ordinal) + 2)..];
        return $"layer-{layer}";
    }

    /// <summary>Draws a tensor.</summary>
    public static WeightPicture Create(LanguageModel model, ParameterTensor tensor)
    {
        ReadOnlySpan<float> values = model.Parameters.GetValues(tensor);
        // In memory, transposed tensors have their first dimension last.
        int columns = tensor.Shape.Count == 1 || tensor.IsTransposed ? tensor.Shape[0] : tensor.Length / tensor.Shape[0];
        int rows = tensor.Length / columns, height = Shrunk(rows, MaxHeight), width = Shrunk(columns, MaxWidth);
        int hiddenSize = model.Spec.HiddenSize;
        bool hasBlocks = PartOf(tensor.Name).StartsWith("layer", StringComparison.Ordinal) && columns % hiddenSize == 0;
        (double mean, double deviation, float minimum, float maximum) = Measure(values);
        double scale = Math.Min(Math.Abs(mean) + Deviations * deviation, Math.Max(Math.Abs(minimum), Math.Abs(maximum)));
        return new()
        {
            Name = tensor.Name,
            Shape = tensor.Shape,
            Size = (rows, columns),
            Pixels = (height, width),
            Blocks = hasBlocks ? columns / hiddenSize : 1,
            Minimum = minimum,
            Maximum = maximum,
            Mean = mean,
            Deviation = deviation,
            Scale = scale,
            Bytes = Draw(values, rows, columns, height, width, scale),
        };
    }

    /// <summary>/inside/weights/MODEL/TENSOR is the image of a tensor as bytes.</summary>
    public static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/inside/weights/{model}/{tensor}", static async (
        string model, string tensor, ModelStore store, CancellationToken cancellationToken) =>
    {
        try
        {
            using ModelLease lease = await store.OpenAsync(model, cancellationToken);
            return lease.Model.Parameters.TryGetTensor(tensor, out ParameterTensor? found)
                ? Results.Bytes(await Task.Run(() => Create(lease.Model, found).Bytes, cancellationToken))
                : Results.NotFound();
        }
        catch (AphoristException)
        {
            return Results.NotFound();
        }
    });

    private static int Shrunk(int length, int limit) => (length + Factor(length, limit) - 1) / Factor(length, limit);

    private static int Factor(int length, int limit) => (length + limit - 1) / limit;

    private static (double Mean, double Deviation, float Minimum, float Maximum) Measure(ReadOnlySpan<float> values)
    {
        double sum = 0, squares = 0;
        (float minimum, float maximum) = (float.MaxValue, float.MinValue);
        foreach (float value in values)
        {
            sum += value;
            (minimum, maximum) = (Math.Min(minimum, value), Math.Max(maximum, value));
        }

        double mean = sum / values.Length;
        foreach (float value in values) squares += (value - mean) * (value - mean);
        return (mean, Math.Sqrt(squares / values.Length), minimum, maximum);
    }

    private static byte[] Draw(ReadOnlySpan<float> values, int rows, int columns, int height, int width, double scale)
    {
        int down = Factor(rows, MaxHeight), across = Factor(columns, MaxWidth);
        byte[] bytes = new byte[height * width];
        if (scale == 0) return bytes;
        double[] sums = new double[width];
        for (int line = 0; line < height; line++)
        {
            int end = Math.Min(rows, (line + 1) * down);
            Array.Clear(sums);
            for (int row = line * down; row < end; row++)
                for (int column = 0; column < columns; column++) sums[column / across] += values[row * columns + column];
            for (int place = 0; place < width; place++)
            {
                int count = (end - line * down) * (Math.Min(columns, (place + 1) * across) - place * across);
                bytes[line * width + place] = (byte)(sbyte)Math.Round(127 * Math.Clamp(sums[place] / count / scale, -1, 1));
            }
        }

        return bytes;
    }
}

/// <summary>What the rows, the columns and the blocks of a tensor are, in English and in Chinese.</summary>
internal static class WeightMeaning
{
    /// <summary>A sentence about a tensor.</summary>
    public static (string English, string Chinese) Of(ModelSpec spec, string tensor)
    {
        bool isFirst = WeightPicture.PartOf(tensor) == "layer-0";
        (string input, string inputInChinese) = !isFirst
            ? ("an output of the layer before", "上一层的一个输出")
            : spec.EmbeddingSize > 0 ? ("a number of the token's vector", "词元向量的一个数") : ("a token", "一个词元");
        return tensor switch
        {
            "embedding.weight" => (
                "The vectors of the tokens: a row for each token of the vocabulary.", "词元的向量：词表中的每个词元一行。"),
            "decoder.weight" => (
                "The output layer: a row for each token, a column for each cell of the last layer. Red: an active cell makes the token " +
                "more likely. Blue: less likely.",
                "输出层：每行一个词元，每列是最后一层的一个神经元。红色表示该神经元的值越大，这个词元越可能；蓝色则越不可能。"),
            "decoder.bias" => (
                "The bias of the output layer: what is added to the score of each token.", "输出层的偏置：每个词元的得分要加上的数。"),
            _ when tensor.StartsWith("layer_norm.weight", StringComparison.Ordinal) => (
                "By how much the normalized output of each cell is multiplied.", "每个神经元归一化后的输出要乘以的系数。"),
            _ when tensor.StartsWith("layer_norm.bias", StringComparison.Ordinal) => (
                "What is added to the normalized output of each cell.", "每个神经元归一化后的输出要加上的数。"),
            _ when tensor.Contains("weight_hh", StringComparison.Ordinal) => (
                "Recurrent weights: how each cell (row) affects each cell (column) at the next token.",
                "循环权重：每个神经元（行）对下一步各神经元（列）的影响。"),
            _ when tensor.Contains("bias", StringComparison.Ordinal) => (
                "The bias of the layer: what is added to the input of each cell.", "该层的偏置：每个神经元的输入要加上的数。"),
            _ => (
                $"Input weights: a row for {input}{Positions(spec)}, a column for each cell.",
                $"输入权重：每行是{inputInChinese}{PositionsInChinese(spec)}，每列是一个神经元。"),
        };
    }

    private static string Positions(ModelSpec spec) => spec.Architecture == Architecture.Convolution
        ? string.Create(CultureInfo.InvariantCulture, $" at one of {spec.KernelSize} places in the text")
        : "";

    private static string PositionsInChinese(ModelSpec spec) => spec.Architecture == Architecture.Convolution
        ? string.Create(CultureInfo.InvariantCulture, $"（在文中 {spec.KernelSize} 个位置之一）")
        : "";

    /// <summary>The names of the blocks of columns in a layer.</summary>
    public static IReadOnlyList<(string English, string Chinese)> BlocksOf(ModelSpec spec)
    {
        (string, string) candidate = ("candidate", "候选值");
        return spec.Architecture switch
        {
            Architecture.Lstm => [("input gate", "输入门"), ("forget gate", "遗忘门"), candidate, ("output gate", "输出门")],
            Architecture.Gru => [("reset gate", "重置门"), ("update gate", "更新门"), candidate],
            Architecture.Convolution => [candidate, ("gate", "门")],
            _ => [],
        };
    }
}
