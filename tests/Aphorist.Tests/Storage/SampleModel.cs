namespace Aphorist.Tests.Storage;

/// <summary>Small models with known contents.</summary>
internal static class SampleModel
{
    public static LanguageModel Make(
        int hiddenSize = 5, string characters = "\n ab\"\\\u00e9\u4e2d\U0001F600", GateActivation gates = GateActivation.HardSigmoid) =>
        Make(CharacterTokenizer.FromCharacters(characters, new TextNormalization(Lowercase: true)), hiddenSize, gates);

    public static LanguageModel Make(Tokenizer tokenizer, int hiddenSize = 5, GateActivation gates = GateActivation.HardSigmoid) =>
        Make(new ModelSpec { HiddenSize = hiddenSize, Window = 7, Gates = gates }, tokenizer);

    public static LanguageModel Make(ModelSpec spec, Tokenizer? tokenizer = null)
    {
        tokenizer ??= CharacterTokenizer.FromCharacters("abc");
        LanguageModel model = LanguageModel.CreateEmpty(spec, tokenizer);
        Random random = new(1);
        foreach (ParameterTensor tensor in model.Parameters.Tensors)
            foreach (ref float value in model.Parameters.GetValues(tensor)) value = random.NextSingle() - 0.5f;
        return model;
    }

    public static TrainingRecord Training { get; } = new()
    {
        Corpus = "nietzsche",
        CorpusSha256 = "00ff",
        Preset = "notebook",
        Seed = ulong.MaxValue,
        Epochs = 3,
        Loss = 1.0 / 3,
        ValidationLoss = double.NaN,
        Version = "0.1.0",
    };

    public static int[] Bits(LanguageModel model) =>
    [
        .. model.Parameters.Tensors
            .SelectMany(tensor => model.Parameters.GetValues(tensor).ToArray())
            .Select(BitConverter.SingleToInt32Bits),
    ];
}
