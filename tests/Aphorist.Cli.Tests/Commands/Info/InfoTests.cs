using System.Globalization;
using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Info;

public sealed class InfoTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Info_OfAModel_TellsShapeVocabularyTrainingAndTensors()
    {
        AphoristApp.Run("info", trained.Run).Expect(0).ExpectOutput(
            "LSTM(128), hard-sigmoid gates, window of 20", "\\n␣", "tiny", "notebook", "lstm.weight_ih_l0", "decoder.bias");
    }

    [Fact]
    public void Info_Json_IsOneObject()
    {
        JsonElement info = AphoristApp.Run("info", trained.File, "--json").Expect(0).Json();

        Assert.Equal("lstm", info.GetProperty("architecture").GetString());
        Assert.Equal(1, info.GetProperty("layers").GetInt32());
        Assert.Equal(128, info.GetProperty("hiddenSize").GetInt32());
        Assert.Equal(20, info.GetProperty("window").GetInt32());
        Assert.Equal(1, info.GetProperty("training").GetProperty("epochs").GetInt32());
        Assert.Equal("notebook", info.GetProperty("training").GetProperty("preset").GetString());
        Assert.Equal(info.GetProperty("vocabularySize").GetInt32(), info.GetProperty("vocabulary").GetString()!.Length);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(61)]
    [InlineData(3000)]
    public void Info_LargeVocabulary_ShowsSixtyCharactersAndTheCount(int size)
    {
        string[] characters = [.. Enumerable.Range(0x4E00, size).Select(code => ((char)code).ToString())];
        string model = folder["model.safetensors"];
        LanguageModel.Create(
            new() { HiddenSize = 2, Window = 4 }, CharacterTokenizer.FromCharacters(string.Concat(characters)), seed: 1).Save(model);

        string shown = Assert.Single(
            AphoristApp.Run("info", model).Expect(0).Lines(), line => line.StartsWith("vocabulary ", StringComparison.Ordinal));

        string all = string.Concat(characters), expected = size == 60 ? all : $"{all[..30]} ... {all[^30..]}";
        Assert.EndsWith($" {size.ToString("N0", CultureInfo.InvariantCulture)} characters: {expected}", shown, StringComparison.Ordinal);
        Assert.Equal(all, AphoristApp.Run("info", model, "--json").Expect(0).Json().GetProperty("vocabulary").GetString());
    }
}
