using Xunit;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>
/// What PyTorch's own modules compute, for models whose weights are a formula: the engine gives the same, and our file has those weights
/// under PyTorch's names.
/// </summary>
/// <remarks>
/// The numbers are from PyTorch 1.13.0 (CPU), by this script, which prints the rows:
/// <code>
/// import torch
///
/// def golden(kind, layers, embedded, tied):
///     modules = {"rnn": {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[kind](embedded or 5, 4, layers), "decoder": torch.nn.Linear(4, 5)}
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
/// for kind in "lstm", "gru":
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
    [InlineData(false, 1, 0, false, 0.5487919, 0.1697854, 0.0538816, 0.1286972, 0.0988438)]
    [InlineData(false, 1, 3, false, 0.2163937, 0.1077639, 0.1468487, 0.0687123, 0.4602813)]
    [InlineData(false, 2, 0, false, 0.1048318, 0.1887381, 0.1161914, 0.4745995, 0.1156392)]
    [InlineData(false, 2, 3, false, 0.1915439, 0.1244622, 0.5072387, 0.1071384, 0.0696168)]
    [InlineData(false, 3, 0, false, 0.2430827, 0.0853182, 0.1872553, 0.1347854, 0.3495584)]
    [InlineData(false, 3, 3, false, 0.0924861, 0.2854376, 0.0491895, 0.4041011, 0.1687858)]
    [InlineData(false, 2, 4, true, 0.2057001, 0.0690077, 0.4897221, 0.1761895, 0.0593807)]
    [InlineData(true, 1, 0, false, 0.5888644, 0.1931509, 0.0273216, 0.0891893, 0.1014737)]
    [InlineData(true, 1, 3, false, 0.1590391, 0.0968092, 0.2256638, 0.0716449, 0.4468430)]
    [InlineData(true, 2, 0, false, 0.0960567, 0.2128878, 0.1628691, 0.4063161, 0.1218704)]
    [InlineData(true, 2, 3, false, 0.0833658, 0.0999409, 0.7253388, 0.0415470, 0.0498076)]
    [InlineData(true, 3, 0, false, 0.2835195, 0.0725967, 0.2375440, 0.1405045, 0.2658354)]
    [InlineData(true, 3, 3, false, 0.0887978, 0.2532963, 0.1116016, 0.3941461, 0.1521581)]
    [InlineData(true, 2, 4, true, 0.1016300, 0.0245129, 0.7322564, 0.1050202, 0.0365806)]
    public void Predict_WeightsOfAFormula_IsWhatPyTorchComputes(
        bool isGru, int layers, int embedding, bool isTied, params double[] probabilities)
    {
        LanguageModel model = PyTorchModel.Read(new MemoryStream(FormulaFile(isGru, layers, embedding, isTied).ToBytes()))
            .ToLanguageModel(CharacterTokenizer.FromCharacters("abcde"));

        using GenerationSession session = new TextGenerator(model, GenerationMode.Stateful).CreateSession();
        foreach (int id in Ids) session.Append(id);
        double[] actual = [.. session.Predict().LogProbabilities.ToArray().Select(Math.Exp)];

        Assert.Equal(isTied, model.Spec.TiedEmbedding);
        Assert.All(probabilities.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, Allowed));
    }

    [Theory]
    [InlineData(false, 3, 3, false)]
    [InlineData(false, 1, 0, false)]
    [InlineData(true, 3, 3, false)]
    [InlineData(true, 2, 4, true)]
    public void Save_WeightsOfAFormula_LieInTheFileUnderPyTorchsNames(bool isGru, int layers, int embedding, bool isTied)
    {
        StateDictFile source = FormulaFile(isGru, layers, embedding, isTied);
        PyTorchModel.Read(new MemoryStream(source.ToBytes())).ToLanguageModel(CharacterTokenizer.FromCharacters("abcde")).Save(path);

        using SafetensorsReader reader = SafetensorsReader.Open(path);
        Dictionary<string, StateDictTensor> expected = source.Tensors.ToDictionary(
            tensor => tensor.Key.Replace("rnn.", isGru ? "gru." : "lstm.", StringComparison.Ordinal), tensor => tensor.Value);
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

    /// <summary>Of the two biases of an LSTM, which are only added, our file has the sum and zeros.</summary>
    private static float[] ExpectedValues(string name, Dictionary<string, StateDictTensor> expected)
    {
        if (name.StartsWith("lstm.bias_hh", StringComparison.Ordinal)) return new float[expected[name].Values.Length];
        if (!name.StartsWith("lstm.bias_ih", StringComparison.Ordinal)) return expected[name].Values;
        return [.. expected[name].Values.Zip(
            expected[name.Replace("_ih_", "_hh_", StringComparison.Ordinal)].Values, (one, other) => one + other)];
    }

    /// <summary>Value p of tensor n is ((37 p + 101 n) mod 64 - 31.5) / 32, which a float holds exactly.</summary>
    private static StateDictFile FormulaFile(bool isGru, int layers, int embedding, bool isTied)
    {
        PyTorchShape shape = new() { IsGru = isGru, Layers = layers, EmbeddingSize = embedding, HiddenSize = 4, VocabularySize = 5 };
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
