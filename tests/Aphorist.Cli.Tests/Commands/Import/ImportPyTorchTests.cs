using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Import;

public sealed class ImportPyTorchTests : IDisposable
{
    private const int Vocabulary = 3, Units = 2, Layers = 2;

    private readonly TemporaryFolder folder = new();

    public ImportPyTorchTests()
    {
        folder.Write("characters.txt", "bac");
        WriteStateDict();
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Import_StateDict_MakesAModelThatTellsItsOrigin()
    {
        Import("--hidden", "2", "--layers", "2", "--window", "40").Expect(0);

        JsonElement info = AphoristApp.Run("info", folder["model.safetensors"], "--json").Expect(0).Json();
        Assert.Equal(("abc", "gru", 2, 2, 40), (info.GetProperty("vocabulary").GetString(), info.GetProperty("architecture").GetString(),
            info.GetProperty("hiddenSize").GetInt32(), info.GetProperty("layers").GetInt32(), info.GetProperty("window").GetInt32()));
        Assert.Equal("PyTorch", info.GetProperty("origin").GetProperty("program").GetString());
        AphoristApp.Run("info", folder["model.safetensors"]).Expect(0).ExpectOutput("from weights.any of PyTorch\n");
        AphoristApp.Run("generate", folder["model.safetensors"], "--prompt", "abc", "--length", "5").Expect(0);
    }

    [Fact]
    public void Import_Json_IsOneObject()
    {
        JsonElement imported = Import("--json").Expect(0).Json();

        const int parameters = 3 * Units * (Vocabulary + Units + 2) + 3 * Units * (Units + Units + 2) + (Units + 1) * Vocabulary;
        Assert.Equal(
            ("PyTorch", JsonValueKind.Null, parameters, Vocabulary, 60),
            (imported.GetProperty("program").GetString(), imported.GetProperty("version").ValueKind,
                imported.GetProperty("parameters").GetInt32(), imported.GetProperty("vocabularySize").GetInt32(),
                imported.GetProperty("window").GetInt32()));
    }

    [Theory]
    [InlineData("weights.any' has a hidden size of 2, but --hidden is 128", "--hidden", "128")]
    [InlineData("weights.any' has 2 layers, but --layers is 1", "--layers", "1")]
    public void Import_OtherShapeThanTheFiles_SaysBothNumbers(string expected, params string[] options) =>
        Import(options).ExpectSentence(1, expected);

    [Fact]
    public void Import_Rnn_IsTanhWithANoteOrWhatIsGiven()
    {
        const string Note = "does not contain the activation of its nn.RNN, so tanh is used. For relu, add --activation relu.";
        WriteStateDict("rnn", gates: 1);

        Assert.Contains(Note, Import().Expect(0).Error, StringComparison.Ordinal);
        Assert.Equal("tanh", ActivationOfTheModel());
        AphoristApp.Run("generate", folder["model.safetensors"], "--prompt", "abc", "--length", "5").Expect(0);
        foreach (string activation in (string[])["relu", "tanh"])
        {
            Assert.DoesNotContain(Note, Import("--activation", activation).Expect(0).Error, StringComparison.Ordinal);
            Assert.Equal(activation, ActivationOfTheModel());
        }

        Import("--gates", "sigmoid").ExpectSentence(1, "has RNN layers, which have no gates, but --gates is sigmoid. Remove --gates");
    }

    [Fact]
    public void Import_ActivationOfAGru_IsRefused() =>
        Import("--activation", "tanh").ExpectSentence(1, "has no RNN layers, but --activation is tanh. Remove --activation");

    [Theory]
    [InlineData("--layers takes a whole number (1 to 4), not '5'", "--layers", "5")]
    [InlineData("--window takes a whole number (1 to 100000), not '0'", "--window", "0")]
    public void Import_ImpossibleShape_IsAWrongCall(string expected, params string[] options) =>
        Import(options).ExpectSentence(2, expected);

    [Fact]
    public void Import_OtherNumberOfCharacters_SaysBothNumbers()
    {
        folder.Write("characters.txt", "bacd");

        Import().ExpectSentence(1, "characters.txt' has 4 different characters, but the model has 3");
    }

    [Fact]
    public void Import_CharactersInAnOldEncoding_ShowsTheCandidates()
    {
        folder.Write("characters.txt", [0xC1, 0xC2, 0xD7, 0xC7]);

        CommandResult result = Import();
        result.ExpectSentence(1, "characters.txt' is not utf-8 text (byte 0xC1 at offset 0)");
        result.ExpectError("koi8-r", "\"абвг\"");
    }

    [Fact]
    public void Import_ModelOfOurs_SaysThatItIsOne()
    {
        Import().Expect(0);

        AphoristApp.Run("import", folder["model.safetensors"], "--characters", folder["characters.txt"], "--output", folder["m"])
            .ExpectSentence(1, "it is already a model file of Aphorist");
    }

    [Fact]
    public void Import_Pickle_SaysHowToSaveIt()
    {
        folder.Write("weights.any", [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]);

        Import().ExpectSentence(1, "safetensors.torch.save_file(");
    }

    private CommandResult Import(params string[] options) => AphoristApp.Run(
        ["import", folder["weights.any"], "--characters", folder["characters.txt"], "--output", folder["model.safetensors"], .. options]);

    private string? ActivationOfTheModel() =>
        AphoristApp.Run("info", folder["model.safetensors"], "--json").Expect(0).Json().GetProperty("activation").GetString();

    /// <summary>An nn.GRU, or another module, of two layers over one-hot vectors of three characters, and an nn.Linear.</summary>
    private void WriteStateDict(string module = "gru", int gates = 3)
    {
        using SafetensorsWriter writer = new(folder["weights.any"]);
        List<(string Name, long[] Shape)> tensors = [("fc.bias", [Vocabulary]), ("fc.weight", [Vocabulary, Units])];
        for (int layer = 0; layer < Layers; layer++)
        {
            tensors.AddRange(
                ($"{module}.bias_hh_l{layer}", [gates * Units]),
                ($"{module}.bias_ih_l{layer}", [gates * Units]),
                ($"{module}.weight_hh_l{layer}", [gates * Units, Units]),
                ($"{module}.weight_ih_l{layer}", [gates * Units, layer == 0 ? Vocabulary : Units]));
        }

        writer.SetMetadata("format", "pt");
        foreach ((string name, long[] shape) in tensors) writer.Declare(name, shape);
        foreach ((string name, long[] shape) in tensors)
        {
            int count = (int)shape.Aggregate(1L, (product, size) => product * size);
            writer.Write(name, [.. Enumerable.Range(0, count).Select(place => MathF.Sin(place + count))]);
        }

        writer.Commit();
    }
}
