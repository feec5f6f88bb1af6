using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>Runs graphs in ONNX Runtime.</summary>
internal static class OnnxRun
{
    /// <summary>The probabilities that a graph of whole texts gives, row after row.</summary>
    public static float[] Probabilities(InferenceSession session, long[][] ids)
    {
        DenseTensor<long> tensor = new(ids.SelectMany(row => row).ToArray(), [ids.Length, ids[0].Length]);
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run(
            [NamedOnnxValue.CreateFromTensor("ids", tensor)]);
        return [.. results.Single(result => result.Name == "probabilities").AsEnumerable<float>()];
    }

    /// <summary>
    /// The probabilities [length][batch V] that a graph of single steps gives, token by token, the states carried on by their names.
    /// </summary>
    public static float[][] Steps(InferenceSession session, long[][] ids)
    {
        Dictionary<string, DenseTensor<float>> states = session.InputMetadata.Where(input => input.Key != "ids").ToDictionary(
            input => input.Key,
            input => new DenseTensor<float>([.. input.Value.Dimensions.Select(size => size < 0 ? ids.Length : size)]));
        return [.. Enumerable.Range(0, ids[0].Length).Select(step => Step(session, [.. ids.Select(row => row[step])], states))];
    }

    private static float[] Step(InferenceSession session, long[] ids, Dictionary<string, DenseTensor<float>> states)
    {
        using IDisposableReadOnlyCollection<DisposableNamedOnnxValue> results = session.Run(
        [
            NamedOnnxValue.CreateFromTensor("ids", new DenseTensor<long>(ids, [ids.Length])),
            .. states.Select(state => NamedOnnxValue.CreateFromTensor(state.Key, state.Value)),
        ]);
        foreach (string name in states.Keys)
            states[name] = results.Single(result => result.Name == $"next_{name}").AsTensor<float>().ToDenseTensor();
        return [.. results.Single(result => result.Name == "probabilities").AsEnumerable<float>()];
    }
}
