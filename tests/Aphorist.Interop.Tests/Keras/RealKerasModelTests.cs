using Aphorist.Reference;
using Aphorist.Training;
using PureHDF;
using PureHDF.VOL.Native;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>A model that Keras 2.4.0 itself trained and saved, where it is at hand.</summary>
public sealed class RealKerasModelTests
{
    internal const string ModelName = "keras-2.4-nietzsche-lstm128.h5";
    private const int Vocabulary = 59, Hidden = 128, Window = 40, Written = 400;

    // Keras read the text behind a mark of 8 bytes.
    private const int BytesLeftOut = 8;

    [Fact]
    public async Task Evaluate_ValidationWindows_GivesKerasOwnLossAndHits()
    {
        (LanguageModel model, Corpus corpus) = await ImportAsync();

        Evaluation evaluation = model.Evaluate(
            corpus, new() { Objective = Objective.Windows, Stride = 3, TailShare = 0.05 }, TestContext.Current.CancellationToken);

        Assert.Equal((10_015, 5_630), (evaluation.Count, evaluation.Correct));
        // Keras printed 1.47298; its float32 weights in NumPy give 1.47285.
        Assert.Equal(1.4729, evaluation.LossPerToken, 0.0003);
    }

    [Fact]
    public void Read_RealFile_TellsWhatKerasWrote()
    {
        KerasModel model = KerasModel.Read(PathOf(ModelName));

        Assert.Equal(("2.4.0", Vocabulary), (model.KerasVersion, model.VocabularySize));
        Assert.Equal(new ModelSpec { HiddenSize = Hidden, Window = Window, Gates = GateActivation.Sigmoid }, model.Spec);
        Assert.Equal("RMSprop", model.Optimizer!.Name);
        Assert.Equal(0.01, model.Optimizer.LearningRate!.Value, 1e-8);
    }

    [Theory]
    [InlineData(GenerationMode.Window)]
    [InlineData(GenerationMode.Stateful)]
    public async Task Complete_Greedily_WritesWhatTheReferenceWrites(GenerationMode mode)
    {
        (LanguageModel model, Corpus corpus) = await ImportAsync();
        string prompt = corpus.Text.Substring(1000, Window);

        string text = new TextGenerator(model, mode).Generate(
            prompt, new() { MaxTokens = Written, Temperature = 0 }, TestContext.Current.CancellationToken);

        int[] ids = model.Tokenizer.Encode(prompt);
        Assert.Equal(model.Tokenizer.Decode(
            mode == GenerationMode.Window ? WriteByWindows(Reference(), ids) : WriteStatefully(Reference(), ids)), text);
    }

    private static int[] WriteByWindows(ReferenceModel model, int[] prompt)
    {
        List<int> ids = [.. prompt];
        for (int count = 0; count < Written; count++) ids.Add(MostLikely(model.Logits(ids[^Window..].ToArray())));
        return [.. ids[prompt.Length..]];
    }

    private static int[] WriteStatefully(ReferenceModel model, int[] prompt)
    {
        SequenceRun run = new(model.Parameters, prompt);
        List<int> ids = [MostLikely(run.Logits(prompt.Length - 1))];
        while (ids.Count < Written)
        {
            run = new(model.Parameters, [ids[^1]], run.FinalStates);
            ids.Add(MostLikely(run.Logits(0)));
        }

        return [.. ids];
    }

    private static int MostLikely(double[] logits) => Array.IndexOf(logits, logits.Max());

    /// <summary>
    /// The file's arrays, past the importer: Keras's kernels are the transposed ones of PyTorch, with the same order of gates.
    /// </summary>
    private static ReferenceModel Reference()
    {
        using NativeFile file = H5File.OpenRead(PathOf(ModelName));
        ReferenceParameters parameters = new(new ReferenceSpec
        {
            Architecture = ReferenceArchitecture.Lstm,
            VocabularySize = Vocabulary,
            HiddenSize = Hidden,
            Gate = Gate.Sigmoid
        });
        float[][] lstm = ArraysOf(file, "lstm"), dense = ArraysOf(file, "dense");
        Transpose(lstm[0], parameters["lstm.weight_ih_l0"], Vocabulary);
        Transpose(lstm[1], parameters["lstm.weight_hh_l0"], Hidden);
        Transpose(lstm[2], parameters["lstm.bias_l0"], 1);
        Transpose(dense[0], parameters["decoder.weight"], Hidden);
        Transpose(dense[1], parameters["decoder.bias"], 1);
        return new(parameters);
    }

    private static float[][] ArraysOf(NativeFile file, string layer)
    {
        IH5Group group = file.Group($"model_weights/{layer}");
        return [.. group.Attribute("weight_names").Read<string[]>().Select(name => group.Dataset(name).Read<float[]>())];
    }

    private static void Transpose(float[] values, double[] transposed, int rows)
    {
        int columns = values.Length / rows;
        for (int place = 0; place < values.Length; place++) transposed[place % columns * rows + place / columns] = values[place];
    }

    private static async Task<(LanguageModel Model, Corpus Corpus)> ImportAsync()
    {
        byte[] bytes = File.ReadAllBytes(PathOf("nietzsche.txt"));
        CorpusOptions options = new()
        {
            Encoding = "windows-1252",
            Lowercase = true,
            StandardInput = new MemoryStream(bytes[BytesLeftOut..])
        };
        Corpus corpus = await Corpus.OpenAsync("-", options, cancellationToken: TestContext.Current.CancellationToken);
        return (KerasModel.Read(PathOf(ModelName)).ToLanguageModel(ImportedVocabulary.Create(corpus)), corpus);
    }

    internal static string PathOf(string name)
    {
        string? folder = Environment.GetEnvironmentVariable("APHORIST_CORPORA");
        string path = Path.Combine(folder is { Length: > 0 } ? folder : "no-folder", name);
        Assert.SkipUnless(File.Exists(path), $"needs {name} in the folder that APHORIST_CORPORA names");
        return path;
    }
}
