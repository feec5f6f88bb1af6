using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Evaluate;

public sealed class EvaluateTests(TrainedModel trained)
{
    [Fact]
    public void Evaluate_Json_IsOneObjectAboutEveryCharacter()
    {
        string text = TinyText.OfLength(500);
        JsonElement evaluation = AphoristApp.RunWith(text, "evaluate", trained.Run, "-", "--json").Expect(0).Json();
        double nats = evaluation.GetProperty("nats").GetDouble();
        Assert.Equal(text.Length - 1, evaluation.GetProperty("count").GetInt32());
        Assert.Equal(nats / Math.Log(2), evaluation.GetProperty("bitsPerCharacter").GetDouble(), 1e-9);
        Assert.Equal(Math.Exp(nats), evaluation.GetProperty("perplexity").GetDouble(), 1e-9);
    }

    [Fact]
    public void Evaluate_WithoutAText_AsksForOne() => AphoristApp.Run("evaluate", trained.Run).ExpectSentence(2, "CORPUS");

    [Fact]
    public void Evaluate_UnknownCharacter_IsNamed() =>
        AphoristApp.RunWith("the cat €", "evaluate", trained.Run, "-").ExpectSentence(1, "'€' (U+20AC)");
}
