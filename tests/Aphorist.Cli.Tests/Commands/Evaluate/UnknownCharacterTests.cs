using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Evaluate;

/// <summary>Characters that a model does not know end evaluate and score, or are left out, counted and charged.</summary>
public sealed class UnknownCharacterTests(TrainedModel trained) : IDisposable
{
    private static readonly string Known = TinyText.OfLength(500);
    private static readonly string Foreign = $"\u00e4{Known[..100]}\u00e4{Known[100..]}\U0001F600";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("evaluate")]
    [InlineData("score")]
    public void UnknownCharacters_ByDefault_AreAnErrorThatNamesTheOption(string command)
    {
        AphoristApp.RunWith(Foreign, command, trained.Run, "-").ExpectSentence(
            1, "'\u00e4' (U+00E4), character 1 of the text", "add --unknown skip");
        AphoristApp.RunWith(Foreign, command, trained.Run, "-", "--unknown", "error").ExpectSentence(1, "add --unknown skip");
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("score")]
    public void UnknownCharacters_Skipped_AreCountedNamedAndCharged(string command)
    {
        JsonElement known = AphoristApp.RunWith(Known, command, trained.Run, "-", "--json").Expect(0).Json();
        JsonElement skipping = AphoristApp.RunWith(Foreign, command, trained.Run, "-", "--unknown", "skip", "--json").Expect(0).Json();

        Assert.Equal(0, known.GetProperty("skippedCharacters").GetInt32());
        Assert.Empty(known.GetProperty("skipped").EnumerateArray());
        Assert.Equal(3, skipping.GetProperty("skippedCharacters").GetInt32());
        Assert.Equal(
            [("\u00e4", 2), ("\U0001F600", 1)],
            skipping.GetProperty("skipped").EnumerateArray().Select(
                one => (one.GetProperty("character").GetString(), one.GetProperty("count").GetInt32())));
        // What the model read is the same. Evaluation does not predict the first token, and so not the character before it.
        Assert.All(["count", "nats", "perplexity", "accuracy"], name => Assert.Equal(Number(known, name), Number(skipping, name)));
        int charged = command == "evaluate" ? 2 : 3;
        Assert.Equal(Number(known, "characters") + charged, Number(skipping, "characters"));
        Assert.Equal(charged * 21.0848, Number(skipping, "spellingBits"), 1e-3);
        double bits = Number(known, "bitsPerCharacter") * Number(known, "characters") + Number(skipping, "spellingBits");
        Assert.Equal(bits / Number(skipping, "characters"), Number(skipping, "bitsPerCharacter"), 1e-9);
        if (command == "score") Assert.Equal(Number(known, "expectedBitsPerCharacter"), Number(skipping, "expectedBitsPerCharacter"));
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("score")]
    public void UnknownCharacters_Skipped_AreSaid(string command)
    {
        AphoristApp.RunWith(Foreign, command, trained.Run, "-", "--unknown", "skip").Expect(0)
            .ExpectOutput("skipped characters  3 (0.6 %)")
            .ExpectError("'\u00e4' (U+00E4) 2 times, '\U0001F600' (U+1F600) 1 time", "each counts as 21.1 bits");
        CommandResult known = AphoristApp.RunWith(Known, command, trained.Run, "-", "--unknown", "skip").Expect(0);
        Assert.DoesNotContain("skipped", known.Output, StringComparison.Ordinal);
        Assert.Equal("", known.Error);
    }

    [Fact]
    public void UnknownCharacters_SkippedInATail_AreThoseOfTheTail()
    {
        string[] call = ["evaluate", trained.Run, "-", "--unknown", "skip", "--tail", "0.5"];
        JsonElement tail = AphoristApp.RunWith(Foreign, [.. call, "--json"]).Expect(0).Json();
        Assert.Equal(1, tail.GetProperty("skippedCharacters").GetInt32());
        JsonElement skipped = Assert.Single(tail.GetProperty("skipped").EnumerateArray());
        Assert.Equal(
            ("\U0001F600", 1), (skipped.GetProperty("character").GetString(), skipped.GetProperty("count").GetInt32()));
        Assert.Equal(250, Number(tail, "characters"));
        Assert.Equal(21.0848, Number(tail, "spellingBits"), 1e-3);

        CommandResult result = AphoristApp.RunWith(Foreign, call).Expect(0)
            .ExpectOutput("skipped characters  1 (0.4 %)").ExpectError("know them: '\U0001F600' (U+1F600) 1 time.\n");
        Assert.DoesNotContain("U+00E4", result.Error, StringComparison.Ordinal);
        // Nothing is left out of this tail.
        string before = AphoristApp.RunWith($"\u00e4{Known}", [.. call, "--json"]).Expect(0).Output;
        Assert.Equal(AphoristApp.RunWith(Known, [.. call, "--json"]).Expect(0).Output, before);
    }

    [Theory]
    [InlineData("evaluate")]
    [InlineData("score")]
    public void UnknownCharacters_OnlySuchSkipped_IsAnError(string command) =>
        AphoristApp.RunWith("\u00e4\u00e4", command, trained.Run, "-", "--unknown", "skip").ExpectSentence(1, "knows no character");

    [Theory]
    [InlineData("evaluate")]
    [InlineData("score")]
    public void UnknownWords_Skipped_StillCostTheirSpelling(string command)
    {
        string model = folder["model.safetensors"], text = folder.Write("text.txt", "the cat saw the dromedary\u00e4");
        WordTokenizer tokenizer = WordTokenizer.Create(Corpus.FromText("the cat the cat a dog a pig"));
        LanguageModel.Create(new() { HiddenSize = 6, Window = 4 }, tokenizer, seed: 1).Save(model);
        string skipping = AphoristApp.Run(command, model, text, "--unknown", "skip", "--json").Expect(0).Output;
        Assert.Equal(AphoristApp.Run(command, model, text, "--json").Expect(0).Output, skipping);
    }

    private static double Number(JsonElement result, string name) => result.GetProperty(name).GetDouble();
}
