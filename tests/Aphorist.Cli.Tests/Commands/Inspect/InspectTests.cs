using System.Text.Json;
using System.Text.RegularExpressions;
using Aphorist.Cli.Tests.Pages;

namespace Aphorist.Cli.Tests.Commands.Inspect;

public sealed partial class InspectTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Inspect_Text_ListsCellsAndGatesAndWritesThePage()
    {
        string output = Inspect(TinyText.OfLength(500), "--cells", "2").Expect(0).Output;

        Assert.Matches(@"(?m)^position in line +0:\d+ [+-]\d\.\d\d +0:\d+ [+-]\d\.\d\d$", output);
        Assert.Matches(@"(?m)^inside quotes +does not occur$", output);
        foreach (string gate in new[] { "input", "forget", "output" }) Assert.Matches($@"(?m)^0 +{gate} +\d\.\d\d +\d\.\d\d$", output);
        Assert.EndsWith($"\n{folder["page.html"]}\n", output, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_WithoutOutput_WritesBesideTheModel()
    {
        File.Copy(trained.File, folder["model.safetensors"]);

        string output = AphoristApp.RunWith(TinyText.OfLength(100), "inspect", folder.Path, "-", "--json").Expect(0).Output;

        string page = JsonDocument.Parse(output).RootElement.GetProperty("page").GetString()!;
        Assert.Equal(folder["inspect.html"], page);
        Assert.True(File.Exists(page));
    }

    [Fact]
    public void Inspect_Json_IsOneObjectOfTheWholeText()
    {
        string text = TinyText.OfLength(500);
        JsonElement json = Inspect(text, "--json", "--cells", "3", "--length", "40").Expect(0).Json();
        Assert.Equal(text.Length, json.GetProperty("tokens").GetInt32());
        Assert.Equal(40, json.GetProperty("shown").GetInt32());
        Assert.Equal(3, json.GetProperty("gates").GetArrayLength());
        JsonElement feature = json.GetProperty("features")[0];
        Assert.Equal("position in line", feature.GetProperty("name").GetString());
        double[] correlations =
        [
            .. feature.GetProperty("cells").EnumerateArray().Select(cell => Math.Abs(cell.GetProperty("correlation").GetDouble())),
        ];
        Assert.Equal(3, correlations.Length);
        Assert.Equal(correlations.OrderDescending(), correlations);
    }

    [Fact]
    public void Inspect_Tail_ReadsTheEndOnly()
    {
        string text = TinyText.OfLength(500);
        JsonElement json = Inspect(text, "--json", "--tail", "0.1").Expect(0).Json();

        int start = (int)(text.Length * 0.9);
        Assert.Equal(text.Length - start, json.GetProperty("tokens").GetInt32());
        Assert.Equal(text[start..], string.Concat(Pieces(Data())));
    }

    [Fact]
    public void Page_Data_HoldsTheTextAndAByteForEveryCellAndToken()
    {
        string text = TinyText.OfLength(300);
        Inspect(text).Expect(0);

        JsonElement data = Data();
        Assert.Equal(text, string.Concat(Pieces(data)));
        sbyte[] activations = [.. data.GetProperty("activations").GetBytesFromBase64().Select(value => (sbyte)value)];
        Assert.Equal(text.Length * data.GetProperty("units").GetInt32(), activations.Length);
        Assert.True(activations.Distinct().Count() > 20);
        Assert.Equal([1f], data.GetProperty("scales").EnumerateArray().Select(scale => scale.GetSingle()));
        byte[] positions = data.GetProperty("features")[0].GetProperty("values").GetBytesFromBase64();
        Assert.Equal(text.Length, positions.Length);
        Assert.All(positions.Index().Where(it => text[it.Index] == '\n'), it => Assert.Equal(0, it.Item));
        Assert.Contains((byte)255, positions);
    }

    [Fact]
    public void Page_HostileTextAndNames_CannotLeaveTheirPlaces()
    {
        const string Hostile = "</script><script>alert(1)</script> & <!-- {{data}} {{style}} ]]> \u202E'\"\u0001\n";
        folder.Write("a{{data}}<b>&.txt", string.Concat(Enumerable.Repeat(Hostile, 40)));
        AphoristApp.Run(
            "train", folder["a{{data}}<b>&.txt"], "--epochs", "1", "--window", "20", "--samples", "false", "--quiet", "--lowercase",
            "false", "--run", folder["run"]).Expect(0);

        AphoristApp.Run("inspect", folder["run"], folder["a{{data}}<b>&.txt"], "--output", folder["page.html"]).Expect(0);

        string page = Page();
        Assert.Equal(2, Regex.Count(page, "<script"));
        Assert.Equal(2, Regex.Count(page, "</script>"));
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.Contains("a{{data}}&lt;b&gt;&amp;", page, StringComparison.Ordinal);
        Assert.StartsWith(Hostile, string.Concat(Pieces(Data())), StringComparison.Ordinal);
    }

    [Fact]
    public void Page_Source_AsksForNothingElse()
    {
        Inspect(TinyText.OfLength(100)).Expect(0);

        string page = Page();
        Assert.DoesNotMatch(@"(?i)\b(src|href)=|@import|url\(", page);
        // The name of the vocabulary of shapes is the only address.
        Assert.Equal("http://www.w3.org/2000/svg", Assert.Single(Regex.Matches(page, @"https?:[\w./]+")).Value);
    }

    [Fact]
    public void Page_Start_IsTheCellThatFollowsAFeatureMostClosely()
    {
        JsonElement json = Inspect(TinyText.OfLength(500), "--json").Expect(0).Json(), data = Data();

        (JsonElement feature, JsonElement[] correlations)[] all =
        [
            .. data.GetProperty("features").EnumerateArray()
                .Select(feature => (feature, feature.GetProperty("correlations").EnumerateArray().ToArray())),
        ];
        (int Feature, int Cell, double Strength) best = all.SelectMany((it, feature) => it.correlations.Select((number, cell) =>
            (feature, cell, number.ValueKind == JsonValueKind.Null ? 0 : Math.Abs(number.GetDouble())))).MaxBy(it => it.Item3);
        JsonElement start = data.GetProperty("strongest"), told = json.GetProperty("strongest");
        Assert.Equal((best.Feature, best.Cell), (start.GetProperty("feature").GetInt32(), start.GetProperty("cell").GetInt32()));
        Assert.Equal(all[best.Feature].feature.GetProperty("name").GetString(), told.GetProperty("feature").GetString());
        Assert.Equal(best.Cell, told.GetProperty("unit").GetInt32());
        Assert.Equal(best.Strength, Math.Abs(told.GetProperty("correlation").GetDouble()), 1e-4);
    }

    [Fact]
    public void Page_TextWithoutFeatures_BeginsWithTheFirstCell()
    {
        JsonElement json = Inspect("t", "--json").Expect(0).Json();

        Assert.False(json.TryGetProperty("strongest", out _));
        JsonElement start = Data().GetProperty("strongest");
        Assert.Equal((0, -1), (start.GetProperty("cell").GetInt32(), start.GetProperty("feature").GetInt32()));
    }

    [Fact]
    public void Page_ChineseText_HasItsLanguageAndFeaturesThatMeanSomething()
    {
        string text = string.Concat(Enumerable.Repeat("池塘里的水少了\n\n鸭子说：“水是我用来游的。”驴子说：“水是我喝的。”\n\n\n", 20));
        folder.Write("zh.txt", text);
        AphoristApp.Run(
            "train", folder["zh.txt"], "--run", folder["run"], "--epochs", "1", "--window", "20", "--samples", "false", "--quiet")
            .Expect(0);

        JsonElement json = AphoristApp.Run("inspect", folder["run"], folder["zh.txt"], "--output", folder["page.html"], "--json")
            .Expect(0).Json();

        string[] features = [.. json.GetProperty("features").EnumerateArray().Select(feature => feature.GetProperty("name").GetString()!)];
        Assert.Contains("position in sentence", features);
        Assert.Contains("function character", features);
        Assert.DoesNotContain("capital letter", features);
        Assert.DoesNotContain("word end", features);
        Assert.Matches("<pre class=\"text\" id=\"text\" lang=\"zh\" dir=\"auto\"", Page());
        Assert.Equal("zh", Data().GetProperty("language").GetString());
        string facts = Data().GetProperty("factsInChinese").GetString()!;
        Assert.Contains("个字符", facts, StringComparison.Ordinal);
        Assert.DoesNotMatch("[a-z]", facts);
    }

    [Fact]
    public void Page_OtherText_ClaimsNoLanguage()
    {
        Inspect(TinyText.OfLength(100)).Expect(0);

        Assert.Contains("<html lang=\"en\">", Page(), StringComparison.Ordinal);
        Assert.Contains("<pre class=\"text\" id=\"text\" lang=\"\" dir=\"auto\"", Page(), StringComparison.Ordinal);
        Assert.Equal("", Data().GetProperty("language").GetString());
    }

    [Fact]
    public void Page_Words_AreAllTranslated()
    {
        Inspect(TinyText.OfLength(100)).Expect(0);

        string[] fromData =
        [
            .. Data().GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("gate").GetString()!),
            Data().GetProperty("meaning").GetString()!, Data().GetProperty("unit").GetString()!,
        ];
        PageWords.AssertTranslated(Page(), fromData);
        Assert.All(Data().GetProperty("features").EnumerateArray(), feature =>
        {
            Assert.Matches("^[\\u4E00-\\u9FFF]+$", feature.GetProperty("nameInChinese").GetString());
            Assert.Matches("[\\u4E00-\\u9FFF]", feature.GetProperty("meaningInChinese").GetString());
        });
    }

    [Fact]
    public void Page_Colours_LeaveTheTextReadable()
    {
        Inspect(TinyText.OfLength(100)).Expect(0);

        PageColours.AssertReadable(Page());
    }

    [Fact]
    public void Page_ArrowKeysWithShift_ExtendTheSelection()
    {
        Inspect(TinyText.OfLength(100)).Expect(0);

        Assert.Matches("const hasModifier = event => .*event\\.shiftKey;", Page());
        // In the text and outside of it.
        string[] handlers = [.. Page().Split("\"keydown\", event").Skip(1).Where(it => it.Contains("Arrow", StringComparison.Ordinal))];
        Assert.Equal(2, handlers.Length);
        Assert.All(handlers, it => Assert.Matches(@"(?s)^.{0,200}hasModifier\(event\)\) return;", it));
    }

    [Fact]
    public void Page_CellInTheAddress_IsSelectedWheneverTheAddressChanges()
    {
        Inspect(TinyText.OfLength(100)).Expect(0);

        Assert.Matches(@"(?s)addEventListener\(""hashchange"".*show\(asked, closestFeature\(asked\)\);", Page());
        // A feature that does not occur has no correlation and is not the closest one.
        Assert.Contains("Math.abs(feature.correlations[cell] ?? 0)", Page(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("convolution")]
    public void Inspect_LayersOfEveryArchitecture_WritesAllCells(string architecture)
    {
        folder.Write("tiny.txt", TinyText.OfLength(2000));
        AphoristApp.Run(
            "train", folder["tiny.txt"], "--epochs", "1", "--window", "20", "--samples", "false", "--quiet", "--run", folder["run"],
            "--architecture", architecture, "--layers", "2", "--hidden", "9").Expect(0);

        string output = AphoristApp.Run("inspect", folder["run"], folder["tiny.txt"], "--output", folder["page.html"]).Expect(0).Output;

        Assert.Contains("\n1      ", output, StringComparison.Ordinal);
        JsonElement data = Data();
        Assert.Equal((2, 9), (data.GetProperty("layers").GetInt32(), data.GetProperty("units").GetInt32()));
        Assert.Equal(18 * TinyText.OfLength(2000).Length, data.GetProperty("activations").GetBytesFromBase64().Length);
    }

    [Theory]
    [InlineData("tanh")]
    [InlineData("relu")]
    public void Inspect_Rnn_ShowsItsUnitsAndNoGates(string activation)
    {
        folder.Write("tiny.txt", TinyText.OfLength(2000));
        AphoristApp.Run(
            "train", folder["tiny.txt"], "--epochs", "1", "--window", "20", "--samples", "false", "--quiet", "--run", folder["run"],
            "--architecture", "rnn", "--activation", activation, "--layers", "2", "--hidden", "9").Expect(0);

        string output = AphoristApp.Run("inspect", folder["run"], folder["tiny.txt"], "--output", folder["page.html"]).Expect(0).Output;

        Assert.DoesNotContain("below 0.1", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^position in line +[01]:\d", output);
        JsonElement data = Data();
        Assert.Equal("h after each token", data.GetProperty("meaning").GetString());
        Assert.Equal(0, data.GetProperty("gates").GetArrayLength());
        sbyte[] activations = [.. data.GetProperty("activations").GetBytesFromBase64().Select(value => (sbyte)value)];
        Assert.Equal(18 * TinyText.OfLength(2000).Length, activations.Length);
        Assert.Equal(activation == "tanh", activations.Any(value => value < 0));
        Assert.Contains("element(\"gates\").hidden = data.gates.length === 0;", Page(), StringComparison.Ordinal);
    }

    [Fact]
    public void Inspect_BadTexts_AreToldInASentenceAndLeaveNoPage()
    {
        Inspect("the cat \u20AC").ExpectSentence(1, "'\u20AC' (U+20AC)");
        Inspect("").ExpectSentence(1, "standard input");
        folder.Write("empty.txt", "");
        AphoristApp.Run(
            "inspect", trained.Run, folder["empty.txt"], "--output", folder["page.html"]).ExpectSentence(1, "empty.txt", "empty");
        folder.Write("program.bin", [.. Enumerable.Range(0, 4000).Select(value => (byte)(value % 7))]);
        AphoristApp.Run(
            "inspect", trained.Run, folder["program.bin"], "--output", folder["page.html"]).ExpectSentence(1, "program.bin", "binary");
        AphoristApp.Run("inspect", trained.Run, folder["nowhere.txt"], "--output", folder["page.html"]).ExpectSentence(1, "nowhere.txt");
        AphoristApp.Run("inspect", folder["nowhere"], folder["nowhere.txt"]).ExpectSentence(1, "nowhere");
        Assert.Equal([folder["empty.txt"], folder["program.bin"]], Directory.GetFiles(folder.Path).Order());
    }

    [Fact]
    public void Inspect_BadCalls_AreToldInASentence()
    {
        AphoristApp.Run("inspect", trained.Run).ExpectSentence(2, "TEXT");
        Inspect("the cat", "--length", "0").ExpectSentence(2, "--length");
        Inspect("the cat", "--tail", "2").ExpectSentence(2, "--tail");
        Inspect("the cat", "--cells", "none").ExpectSentence(2, "--cells");
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Inspect_PageCannotBeWritten_SaysSoAndLeavesNothing()
    {
        AphoristApp.RunWith("the cat", "inspect", trained.Run, "-", "--output", folder["nowhere/page.html"]).ExpectSentence(1, "nowhere");
        AphoristApp.RunWith("the cat", "inspect", trained.Run, "-", "--output", folder.Path).ExpectSentence(1, "folder");
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public void Inspect_ReaderGoesAway_StillWritesThePage()
    {
        folder.Write("tiny.txt", TinyText.OfLength(500));
        CommandResult result = AphoristProcess.RunInBash(
            folder.Path, $"set -o pipefail; aphorist inspect '{trained.Run}' tiny.txt --output page.html --quiet | true");

        result.Expect(0);
        Assert.Equal("", result.Error);
        Assert.Equal(TinyText.OfLength(500), string.Concat(Pieces(Data())));
    }

    private CommandResult Inspect(string text, params string[] options) =>
        AphoristApp.RunWith(text, ["inspect", trained.Run, "-", "--output", folder["page.html"], .. options]);

    private string Page() => File.ReadAllText(folder["page.html"]);

    private JsonElement Data() => JsonDocument.Parse(DataElement().Match(Page()).Groups[1].Value).RootElement;

    private static IEnumerable<string> Pieces(JsonElement data) =>
        data.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!);

    [GeneratedRegex("""<script type="application/json" id="data">(.*)</script>\n""")]
    private static partial Regex DataElement();
}
