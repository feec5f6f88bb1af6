using System.Text.Json.Nodes;
using PureHDF;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>
/// Computes with a file what Keras 2 computes with it: its formulas in plain loops in double precision, from the layers and arrays that the
/// file names.
/// </summary>
internal sealed class KerasForward(IH5Group file)
{
    /// <summary>The layers as the file describes them.</summary>
    public JsonObject[] Layers { get; } =
        [.. JsonNode.Parse(file.Attribute("model_config").Read<string>())!["config"]!["layers"]!.AsArray()
            .Select(layer => layer!.AsObject())];

    /// <summary>The probabilities of the token after a text.</summary>
    public double[] Probabilities(long[] text, int vocabularySize)
    {
        double[][] steps = [.. text.Select(id => OneHot(id, vocabularySize))];
        // The first is the input.
        foreach (JsonObject layer in Layers[1..]) steps = Run(layer["class_name"]!.GetValue<string>(), layer["config"]!, steps);
        double[] exponentials = [.. steps[^1].Select(Math.Exp)];
        return [.. exponentials.Select(value => value / exponentials.Sum())];
    }

    /// <summary>The arrays of a layer, by their names after its own.</summary>
    public (float[] Values, ulong[] Shape)[] Arrays(string layer)
    {
        IH5Group group = file.Group($"model_weights/{layer}");
        return [.. group.Attribute("weight_names").Read<string[]>()
            .Select(name => (group.Dataset(name).Read<float[]>(), group.Dataset(name).Space.Dimensions))];
    }

    private double[][] Run(string className, JsonNode configuration, double[][] steps)
    {
        float[][] arrays = [.. Arrays(configuration["name"]!.GetValue<string>()).Select(array => array.Values)];
        return className switch
        {
            "Embedding" => [.. steps.Select(x => Product(x, arrays[0]))],
            "Dense" => [Add(Product(steps[^1], arrays[0]), arrays[1])],
            "LSTM" => Lstm(steps, arrays, GateOf(configuration)),
            "GRU" => Gru(steps, arrays, GateOf(configuration), configuration["reset_after"]!.GetValue<bool>()),
            "SimpleRNN" => Rnn(steps, arrays, configuration["activation"]!.GetValue<string>()),
            _ => throw new InvalidDataException($"Keras 2 has the layer {className}, this reader has not."),
        };
    }

    private static Func<double, double> GateOf(JsonNode configuration) =>
        configuration["recurrent_activation"]!.GetValue<string>() == "hard_sigmoid" ? HardSigmoid : Sigmoid;

    private static double[][] Lstm(double[][] steps, float[][] arrays, Func<double, double> gate)
    {
        double[] h = new double[arrays[1].Length / arrays[2].Length], c = new double[h.Length];
        return [.. steps.Select(x =>
        {
            double[] z = Add(Add(Product(x, arrays[0]), Product(h, arrays[1])), arrays[2]);
            c = [.. c.Select((old, unit) => gate(At(z, 1, h, unit)) * old + gate(At(z, 0, h, unit)) * Math.Tanh(At(z, 2, h, unit)))];
            return h = [.. c.Select((cell, unit) => gate(At(z, 3, h, unit)) * Math.Tanh(cell))];
        })];
    }

    private static double[][] Gru(double[][] steps, float[][] arrays, Func<double, double> gate, bool resetAfter)
    {
        int gates = arrays[2].Length / (resetAfter ? 2 : 1);
        double[] h = new double[arrays[1].Length / gates];
        return [.. steps.Select(x =>
        {
            double[] input = Add(Product(x, arrays[0]), arrays[2][..gates]), state = Product(h, arrays[1]);
            if (resetAfter) state = Add(state, arrays[2][gates..]);
            double[] z = [.. h.Select((_, unit) => gate(At(input, 0, h, unit) + At(state, 0, h, unit)))];
            double[] r = [.. h.Select((_, unit) => gate(At(input, 1, h, unit) + At(state, 1, h, unit)))];
            double[] reset = resetAfter ? state : Product([.. h.Zip(r, (old, share) => old * share)], arrays[1]);
            double[] candidate = [.. h.Select(
                (_, unit) => Math.Tanh(At(input, 2, h, unit) + (resetAfter ? r[unit] : 1) * At(reset, 2, h, unit)))];
            return h = [.. h.Select((old, unit) => z[unit] * old + (1 - z[unit]) * candidate[unit])];
        })];
    }

    private static double[][] Rnn(double[][] steps, float[][] arrays, string activation)
    {
        double[] h = new double[arrays[2].Length];
        return [.. steps.Select(x => h =
        [
            .. Add(Add(Product(x, arrays[0]), Product(h, arrays[1])), arrays[2]).Select(z => activation switch
            {
                "tanh" => Math.Tanh(z),
                "relu" => Math.Max(0, z),
                _ => throw new InvalidDataException($"Keras has the activation {activation}, this reader has not."),
            }),
        ])];
    }

    private static double At(double[] gates, int gate, double[] h, int unit) => gates[gate * h.Length + unit];

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double HardSigmoid(double x) => Math.Clamp(0.2 * x + 0.5, 0, 1);

    private static double[] Add(double[] one, float[] other) => [.. one.Zip(other, (a, b) => a + b)];

    private static double[] Add(double[] one, double[] other) => [.. one.Zip(other, (a, b) => a + b)];

    /// <summary>x [I] times a kernel [I, O].</summary>
    private static double[] Product(double[] x, float[] kernel)
    {
        int outputs = kernel.Length / x.Length;
        return [.. Enumerable.Range(0, outputs)
            .Select(output => x.Select((value, input) => value * kernel[input * outputs + output]).Sum())];
    }

    private static double[] OneHot(long id, int size) => [.. Enumerable.Range(0, size).Select(place => place == id ? 1.0 : 0)];
}
