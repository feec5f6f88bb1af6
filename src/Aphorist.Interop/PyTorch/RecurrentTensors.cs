using System.Globalization;
using System.Text.RegularExpressions;

namespace Aphorist.Interop.PyTorch;

/// <summary>The tensors of the one nn.LSTM, nn.GRU or nn.RNN of a state dict.</summary>
/// <param name="Module">The prefix of their names: "lstm.", "model.rnn.", or an empty string.</param>
/// <param name="Spec">The architecture, hidden size and number of layers.</param>
/// <param name="Inputs">The length of the vectors that the first layer reads.</param>
/// <param name="HasBiases">Whether the module has biases.</param>
internal sealed partial record RecurrentTensors(string Module, ModelSpec Spec, long Inputs, bool HasBiases)
{
    /// <summary>Whether the name of a tensor is that of a recurrent module's parameter.</summary>
    public static bool IsOne(SafetensorsTensor tensor) => Name().IsMatch(tensor.Name);

    /// <summary>Finds the tensors by their names. Their shapes determine the architecture.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="activation">The activation of an nn.RNN, which the file does not contain.</param>
    /// <exception cref="ModelFileException">The file has no recurrent module, several, or one that cannot be imported.</exception>
    public static RecurrentTensors Of(SafetensorsReader reader, Activation activation)
    {
        Match[] names = [.. reader.Tensors.Select(tensor => Name().Match(tensor.Name)).Where(match => match.Success)];
        string[] modules = [.. names.Select(name => name.Groups["module"].Value).Distinct()];
        if (modules.Length == 0)
        {
            throw new ModelFileException(
                reader.Path,
                $"it has no tensor named weight_ih_l0 or weight_hh_l0, so it contains no nn.LSTM, nn.GRU or nn.RNN; "
                + $"it has {TensorList.Of(reader.Tensors)}");
        }

        if (modules.Length > 1)
        {
            throw new ModelFileException(
                reader.Path,
                $"it has {modules.Length} recurrent modules, for example '{modules[0]}weight_ih_l0' and "
                + $"'{modules[1]}weight_ih_l0', but only a single nn.LSTM, nn.GRU or nn.RNN can be imported");
        }

        foreach (Match name in names) CheckKind(reader.Path, name);
        SafetensorsTensor recurrent = Require(reader, modules[0] + "weight_hh_l0"), input = Require(reader, modules[0] + "weight_ih_l0");
        int layers = names.Max(LayerOf) + 1;
        ModelSpec spec = SpecOf(reader.Path, recurrent, activation) with { Layers = layers };
        if (layers > spec.MaxLayers)
        {
            throw new ModelFileException(
                reader.Path,
                $"tensor '{names.MaxBy(LayerOf)!.Value}' belongs to layer {layers}, but only 1 to {spec.MaxLayers} layers can be imported");
        }

        return new(modules[0], spec, InputsOf(reader.Path, input),
            names.Any(name => name.Groups["kind"].Value.StartsWith("bias", StringComparison.Ordinal)));
    }

    private static void CheckKind(string path, Match name)
    {
        if (name.Groups["reverse"].Success)
        {
            throw new ModelFileException(
                path,
                $"tensor '{name.Value}' belongs to a bidirectional module, which cannot generate text because it reads future tokens");
        }

        if (name.Groups["kind"].Value == "weight_hr")
        {
            throw new ModelFileException(
                path,
                $"tensor '{name.Value}' projects the hidden state (proj_size), but only modules without a projection can be imported");
        }
    }

    private static SafetensorsTensor Require(SafetensorsReader reader, string name) => reader.Find(name) is not { } tensor
        ? throw new ModelFileException(reader.Path, $"tensor '{name}' is missing")

            : tensor.Shape.Count == 2
            ? tensor
            : throw new ModelFileException(reader.Path, $"tensor '{name}' has shape {tensor.ShapeText} where a matrix is expected");

    private static ModelSpec SpecOf(string path, SafetensorsTensor recurrent, Activation activation)
    {
        (long rows, long hidden) = (recurrent.Shape[0], recurrent.Shape[1]);
        if (hidden is < 1 or > ModelSpec.MaxHiddenSize)
        {
            throw new ModelFileException(
                path,
                $"tensor '{recurrent.Name}' has shape {recurrent.ShapeText}, a hidden size of {hidden}, but it must be 1 to "
                + $"{ModelSpec.MaxHiddenSize}");
        }

        ModelSpec spec = new() { HiddenSize = (int)hidden, Gates = GateActivation.Sigmoid };
        if (rows == 4 * hidden) return spec with { Architecture = Architecture.Lstm };
        if (rows == 3 * hidden) return spec with { Architecture = Architecture.Gru };
        if (rows == hidden) return spec with { Architecture = Architecture.Rnn, Activation = activation };
        throw new ModelFileException(
            path,
            $"tensor '{recurrent.Name}' has shape {recurrent.ShapeText}; only nn.LSTM (four times as many rows as columns), "
            + "nn.GRU (three times) and nn.RNN (as many) can be imported");
    }

    private static long InputsOf(string path, SafetensorsTensor input) => input.Shape[1] >= 1
        ? input.Shape[1]
        : throw new ModelFileException(path, $"tensor '{input.Name}' has shape {input.ShapeText}, so its input is empty");

    private static int LayerOf(Match name) => int.Parse(name.Groups["layer"].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^(?<module>(?:.*\.)?)(?<kind>weight_ih|weight_hh|weight_hr|bias_ih|bias_hh)_l(?<layer>0|[1-9][0-9]{0,3})(?<reverse>_reverse)?$",
        RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}

/// <summary>Lists tensors in error messages.</summary>
internal static class TensorList
{
    private const int MostNamed = 6;

    /// <summary>Returns the names and shapes of the first few tensors.</summary>
    public static string Of(IReadOnlyCollection<SafetensorsTensor> tensors)
    {
        if (tensors.Count == 0) return "no tensors";
        string named = string.Join(", ", tensors.Take(MostNamed).Select(tensor => $"'{tensor.Name}' {tensor.ShapeText}"));
        return tensors.Count > MostNamed ? $"{named} and {tensors.Count - MostNamed} more" : named;
    }
}
