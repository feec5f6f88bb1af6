using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>
/// What PyTorch's own modules compute, for models whose weights are a formula: the engine gives the same, and our file has those weights
/// under PyTorch's names.
/// </summary>
/// <remarks>
/// The numbers of LSTMs and GRUs are from PyTorch 1.13.0 (CPU), by this script, which prints the rows. Those of nn.RNN are from libtorch
/// 2.10 through TorchSharp 0.107, by the same steps, which also gave the numbers of the LSTMs and GRUs again.
/// <code>
/// import torch
///
/// def recurrent(kind, *sizes):
///     if kind in ("tanh", "relu"): return torch.nn.RNN(*sizes, nonlinearity=kind)
///     return {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](*sizes)
///
/// def golden(kind, layers, embedded, tied):
///     modules = {"rnn": recurrent(kind, embedded or 5, 4, layers), "decoder": torch.nn.Linear(4, 5)}
///     if embedded: modules = {"embedding": torch.nn.Embedding(5, embedded), **modules}
///     model = torch.nn.ModuleDict(modules)
///     for number, tensor in enumerate(model.state_dict().values()):
///         values = (torch.arange(tensor.numel()) * 37 + number * 101) % 64
///         tensor.copy_(((values - 31.5) / 32).reshape(tensor.shape))
///     if tied: model["decoder"].weight = model["embedding"].weight
///     with torch.no_grad():
///         ids = torch.tensor([3, 0, 4, 1, 1, 2, 0, 3])
///         vectors = model["embedding"](ids) if embedded else torch.nn.functional.one_hot(ids, 5).float()
///         return model["decoder"](model["rnn"](vectors)[0][-1]).softmax(0).tolist()
///
/// for kind in "lstm", "gru", "tanh", "relu":
/// for layers, embedded, tied in (1, 0, False), (1, 3, False), (2, 0, False), (2, 3, False), (3, 0, False), (3, 3, False), (2, 4, True):
/// print(kind, layers, embedded, tied, ["%.7f" % p for p in golden(kind, layers, embedded, tied)])
/// </code>
/// </remarks>
public sealed class PyTorchGoldenTests : IDisposable
{
    // Both sides compute with 24 bits, and the numbers are written with seven digits.
    private const double Allowed = 1e-6;

    private static readonly int[] Ids = [3, 0, 4, 1, 1, 2, 0, 3];

    private readonly string path = Path.GetTempFileName();

    public void Dispose() => File.Delete(path);

    [Theory]
    [InlineData("lstm", 1, 0, false, 0.5487919, 0.1697854, 0.0538816, 0.1286972, 0.0988438)]
    [InlineData("lstm", 1, 3, false, 0.2163937, 0.1077639, 0.1468487, 0.0687123, 0.4602813)]
    [InlineData("lstm", 2, 0, false, 0.1048318, 0.1887381, 0.1161914, 0.4745995, 0.1156392)]
    [InlineData("lstm", 2, 3, false, 0.1915439, 0.1244622, 0.5072387, 0.1071384, 0.0696168)]
    [InlineData("lstm", 3, 0, false, 0.2430827, 0.0853182, 0.1872553, 0.1347854, 0.3495584)]
    [InlineData("lstm", 3, 3, false, 0.0924861, 0.2854376, 0.0491895, 0.4041011, 0.1687858)]
    [InlineData("lstm", 2, 4, true, 0.2057001, 0.0690077, 0.4897221, 0.1761895, 0.0593807)]
    [InlineData("gru", 1, 0, false, 0.5888644, 0.1931509, 0.0273216, 0.0891893, 0.1014737)]
    [InlineData("gru", 1, 3, false, 0.1590391, 0.0968092, 0.2256638, 0.0716449, 0.4468430)]
    [InlineData("gru", 2, 0, false, 0.0960567, 0.2128878, 0.1628691, 0.4063161, 0.1218704)]
    [InlineData("gru", 2, 3, false, 0.0833658, 0.0999409, 0.7253388, 0.0415470, 0.0498076)]
    [InlineData("gru", 3, 0, false, 0.2835195, 0.0725967, 0.2375440, 0.1405045, 0.2658354)]
    [InlineData("gru", 3, 3, false, 0.0887978, 0.2532963, 0.1116016, 0.3941461, 0.1521581)]
    [InlineData("gru", 2, 4, true, 0.1016300, 0.0245129, 0.7322564, 0.1050202, 0.0365806)]
    [InlineData("tanh", 1, 0, false, 0.1090300, 0.4134705, 0.0752147, 0.1957700, 0.2065148)]
    [InlineData("tanh", 1, 3, false, 0.0517403, 0.0763621, 0.3644039, 0.1874603, 0.3200334)]
    [InlineData("tanh", 2, 0, false, 0.0614085, 0.2231459, 0.2128771, 0.3368915, 0.1656768)]
    [InlineData("tanh", 2, 3, false, 0.3671183, 0.1051064, 0.2281839, 0.2329092, 0.0666822)]
    [InlineData("tanh", 3, 0, false, 0.0500232, 0.0655545, 0.5511606, 0.0311948, 0.3020668)]
    [InlineData("tanh", 3, 3, false, 0.0603935, 0.4106884, 0.0962477, 0.2253130, 0.2073575)]
    [InlineData("tanh", 2, 4, true, 0.5632327, 0.0582828, 0.2127476, 0.0724025, 0.0933343)]
    [InlineData("relu", 1, 0, false, 0.1799631, 0.3342353, 0.0735483, 0.2656065, 0.1466468)]
    [InlineData("relu", 1, 3, false, 0.0002324, 0.0034051, 0.0631944, 0.9258645, 0.0073036)]
    [InlineData("relu", 2, 0, false, 0.0416930, 0.3189287, 0.3301684, 0.1519278, 0.1572820)]
    [InlineData("relu", 2, 3, false, 0.7043031, 0.0005763, 0.1136321, 0.1813402, 0.0001484)]
    [InlineData("relu", 3, 0, false, 0.0000008, 0.0045024, 0.9925826, 0.0000001, 0.0029142)]
    [InlineData("relu", 3, 3, false, 0.0000653, 0.9005931, 0.0001275, 0.0000531, 0.0991609)]
    [InlineData("relu", 2, 4, true, 0.1032307, 0.0013758, 0.0080395, 0.0253146, 0.8620393)]
    public void Predict_WeightsOfAFormula_IsWhatPyTorchComputes(
        string kind, int layers, int embedding, bool isTied, params double[] probabilities)
    {
        Activation activation = kind == "relu" ? Activation.Relu : Activation.Tanh;
        LanguageModel model = PyTorchModel.Read(FormulaFile(kind, layers, embedding, isTied).ToBytes(), activation: activation)
            .ToLanguageModel(CharacterTokenizer.FromCharacters("abcde"));

        using GenerationSession session = new TextGenerator(model, GenerationMode.Stateful).CreateSession();
        foreach (int id in Ids) session.Append(id);
        double[] actual = [.. session.Predict().LogProbabilities.ToArray().Select(Math.Exp)];

        Assert.Equal(isTied, model.Spec.TiedEmbedding);
        Assert.All(probabilities.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Allowed));
    }

    [Theory]
    [InlineData("lstm", 3, 3, false)]
    [InlineData("lstm", 1, 0, false)]
    [InlineData("gru", 3, 3, false)]
    [InlineData("gru", 2, 4, true)]
    [InlineData("tanh", 3, 3, false)]
    [InlineData("relu", 2, 4, true)]
    public void Save_WeightsOfAFormula_LieInTheFileUnderPyTorchsNames(string kind, int layers, int embedding, bool isTied)
    {
        StateDictFile source = FormulaFile(kind, layers, embedding, isTied);
        PyTorchModel.Read(new MemoryStream(source.ToBytes())).ToLanguageModel(CharacterTokenizer.FromCharacters("abcde")).Save(path);

        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Dictionary<string, StateDictTensor> expected = source.Tensors.ToDictionary(
            tensor => tensor.Key.Replace("rnn.", ShapeOf(kind).Prefix, StringComparison.Ordinal), tensor => tensor.Value);
        if (isTied) expected.Remove("decoder.weight");
        Assert.Equal(expected.Keys.Order(), reader.Tensors.Select(tensor => tensor.Name).Order());
        foreach (SafetensorsTensor tensor in reader.Tensors)
        {
            float[] values = new float[tensor.Count];
            reader.Read(tensor.Name, values);
            Assert.Equal(expected[tensor.Name].Shape.Select(size => (long)size), tensor.Shape);
            Assert.Equal(ExpectedValues(tensor.Name, expected), values);
        }
    }

    /// <summary>Of the two biases of an LSTM or an RNN, which are only added, our file has the sum and zeros.</summary>
    private static float[] ExpectedValues(string name, Dictionary<string, StateDictTensor> expected)
    {
        bool isSummed = name.StartsWith("lstm.bias_", StringComparison.Ordinal) || name.StartsWith("rnn.bias_", StringComparison.Ordinal);
        if (!isSummed) return expected[name].Values;
        if (name.Contains("bias_hh", StringComparison.Ordinal)) return new float[expected[name].Values.Length];
        return [.. expected[name].Values.Zip(
            expected[name.Replace("_ih_", "_hh_", StringComparison.Ordinal)].Values, (one, other) => one + other)];
    }

    private static PyTorchShape ShapeOf(string kind) => new() { IsGru = kind == "gru", IsRnn = kind is "tanh" or "relu" };

    /// <summary>Value p of tensor n is ((37 p + 101 n) mod 64 - 31.5) / 32, which a float holds exactly.</summary>
    private static StateDictFile FormulaFile(string kind, int layers, int embedding, bool isTied)
    {
        PyTorchShape shape = ShapeOf(kind) with { Layers = layers, EmbeddingSize = embedding, HiddenSize = 4, VocabularySize = 5 };
        OrderedDictionary<string, StateDictTensor> tensors = [];
        foreach ((int number, (string name, int[] sizes)) in shape.Tensors().Index())
        {
            int count = sizes.Aggregate(1, (product, size) => product * size);
            tensors[name] = new([.. Enumerable.Range(0, count).Select(place => ((37 * place + 101 * number) % 64 - 31.5f) / 32)], sizes);
        }

        if (isTied) tensors["decoder.weight"] = tensors["embedding.weight"];
        return new() { Tensors = tensors };
    }
}
