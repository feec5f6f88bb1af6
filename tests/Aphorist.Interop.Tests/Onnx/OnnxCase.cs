using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Model.Layers;
using Aphorist.Numerics;
using Microsoft.ML.OnnxRuntime;
using Xunit;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>Models of every shape, with random parameters, and what the engine computes with them.</summary>
internal sealed class OnnxCase
{
    private static readonly ModelSpec
        Lstm = new() { HiddenSize = 12, Gates = GateActivation.Sigmoid },
        Gru = new() { HiddenSize = 12, Architecture = Architecture.Gru },
        Convolution = new() { HiddenSize = 12, Architecture = Architecture.Convolution },
        Rnn = new() { HiddenSize = 12, Architecture = Architecture.Rnn },
        Relu = Rnn with { Activation = Activation.Relu };

    private static readonly Dictionary<string, ModelSpec> Others = new()
    {
        ["LSTM"] = Lstm,
        ["LSTM, hard gates"] = Lstm with { Gates = GateActivation.HardSigmoid },
        ["LSTM, 2 layers"] = Lstm with { Layers = 2 },
        ["LSTM, 3 layers, hard gates"] = Lstm with { Layers = 3, Gates = GateActivation.HardSigmoid },
        ["LSTM, 4 layers, all options"] = Lstm with
        {
            Layers = 4,
            EmbeddingSize = 12,
            TiedEmbedding = true,
            Residual = true,
            LayerNormalization = true
        },
        ["LSTM, more tokens than gates"] = Lstm with { HiddenSize = 5 },
        ["LSTM, embedding"] = Lstm with { EmbeddingSize = 7 },
        ["LSTM, residual, hard gates"] = Lstm with { Layers = 2, Residual = true, Gates = GateActivation.HardSigmoid },
        ["LSTM, normalized"] = Lstm with { LayerNormalization = true },
        ["LSTM, one unit"] = Lstm with { HiddenSize = 1 },
        ["GRU, more tokens than gates"] = Gru with { HiddenSize = 5 },
        ["GRU, 3 layers, all options"] = Gru with
        {
            Layers = 3,
            EmbeddingSize = 12,
            TiedEmbedding = true,
            Residual = true,
            LayerNormalization = true,
            ResetGate = ResetGate.Before,
        },
        ["convolution, 1 layer"] = Convolution,
        ["convolution, 6 layers"] = Convolution with { Layers = 6 },
        ["convolution, 3 layers of 3, all options"] = Convolution with
        {
            Layers = 3,
            KernelSize = 3,
            EmbeddingSize = 12,
            TiedEmbedding = true,
            LayerNormalization = true,
        },
        ["RNN"] = Rnn,
        ["RNN, relu"] = Relu,
        ["RNN, more tokens than units"] = Rnn with { HiddenSize = 5 },
        ["RNN, 3 layers, relu, embedding"] = Relu with { Layers = 3, EmbeddingSize = 7 },
        ["RNN, 4 layers, all options"] = Rnn with
        {
            Layers = 4,
            EmbeddingSize = 12,
            TiedEmbedding = true,
            Residual = true,
            LayerNormalization = true,
        },
        ["RNN, 2 layers, relu, residual, normalized"] = Relu with { Layers = 2, Residual = true, LayerNormalization = true },
    };

    private static readonly Dictionary<string, ModelSpec> Grus = new(
        from layers in Enumerable.Range(1, 3)
        from reset in Enum.GetValues<ResetGate>()
        from gates in Enum.GetValues<GateActivation>()
        let stack = layers > 1 ? $", {layers} layers" : ""
        let before = reset == ResetGate.Before ? ", reset before" : ""
        let hard = gates == GateActivation.HardSigmoid ? ", hard gates" : ""
        let name = $"GRU{stack}{before}{hard}"
        select KeyValuePair.Create(name, Gru with { Layers = layers, ResetGate = reset, Gates = gates }));

    private static readonly Dictionary<string, ModelSpec> Specs = new(Others.Concat(Grus));

    private readonly Random random = new(1);

    /// <summary>A model of one's own.</summary>
    public OnnxCase(LanguageModel model) => Model = model;

    private OnnxCase(ModelSpec spec)
    {
        Model = LanguageModel.Create(spec, CharacterTokenizer.FromCharacters("\n abcdefghijklmnopqrst\u00e9\u4e2d\U0001F600"));
        // Nothing limits the values of a relu: with larger weights they would grow from step to step.
        float range = spec.Activation == Activation.Relu ? 0.7f : 1;
        foreach (ref float value in Model.Parameters.Values) value = range * (random.NextSingle() - 0.5f);
        if (spec.Gates == GateActivation.Sigmoid) return;
        // Large biases, so that some hard sigmoids are clipped and some are not.
        foreach (LayerTensors layer in Model.Layout.Layers)
            foreach (ref float value in Model.Parameters.GetValues(layer.Bias)) value *= 8;
    }

    public static TheoryData<string> Names => [.. Specs.Keys];

    public LanguageModel Model { get; }

    public static OnnxCase Of(string name) => new(Specs[name]);

    public byte[] Bytes(OnnxGraphKind kind)
    {
        using MemoryStream stream = new();
        OnnxModel.Write(Model, stream, kind);
        return stream.ToArray();
    }

    public InferenceSession Load(OnnxGraphKind kind)
    {
        using SessionOptions options = new() { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        return new InferenceSession(Bytes(kind), options);
    }

    /// <summary>Random ids [batch][length].</summary>
    public long[][] Ids(int batch, int length) =>
        [.. Enumerable.Range(0, batch)
            .Select(_ => Enumerable.Range(0, length).Select(_ => (long)random.Next(Model.Tokenizer.VocabularySize)).ToArray())];

    /// <summary>What the engine gives as probabilities [batch][length] [V] after each token.</summary>
    public float[][][] Probabilities(long[][] ids)
    {
        PackedWeights weights = new(Model, InstructionSet.Current);
        weights.Refresh();
        return [.. ids.Select(text =>
        {
            using StatefulPredictor predictor = new(weights);
            return text.Select(id => After(predictor, id)).ToArray();
        })];
    }

    private static float[] After(StatefulPredictor predictor, long id)
    {
        predictor.Read((int)id);
        float[] logits = predictor.Predict().ToArray();
        double largest = logits.Max(), sum = logits.Sum(logit => Math.Exp(logit - largest));
        return [.. logits.Select(logit => (float)(Math.Exp(logit - largest) / sum))];
    }
}
