using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Info;

public sealed class InfoTests(TrainedModel trained)
{
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
}
