using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Aphorist.Cli.Tests.Pages;

namespace Aphorist.Cli.Tests.Commands.Score;

/// <summary>The page of `aphorist score --output`.</summary>
public sealed partial class ScorePageTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Page_OfAWholeText_HoldsEveryTokenAndWhatWasLikely()
    {
        string text = TinyText.OfLength(400);
        (string page, JsonElement data) = PageOf(trained.Run, text);

        Assert.DoesNotContain("{{", page, StringComparison.Ordinal);
        foreach (string part in new[] { "--positive", "prefers-color-scheme: dark", "Most surprising passages" })
            Assert.Contains(part, page, StringComparison.Ordinal);
        // It needs nothing else.
        Assert.DoesNotMatch("(src|href)=|https?://|@import", page);
        Assert.Equal(text, string.Concat(Strings(data, "pieces")));
        foreach (string list in new[] { "ids", "bits", "expected", "ranks", "likely" })
            Assert.Equal(text.Length, data.GetProperty(list).GetArrayLength());
        JsonElement names = data.GetProperty("names");
        for (int token = 0; token < text.Length; token++)
        {
            int id = data.GetProperty("ids")[token].GetInt32();
            Assert.Equal(
                text[token] switch { ' ' => "␣", '\n' => "\\n", char other => other.ToString() }, names.GetProperty($"{id}").GetString());
            double bits = data.GetProperty("bits")[token].GetDouble();
            double[] likely = [.. data.GetProperty("likely")[token].EnumerateArray().Select(number => number.GetDouble())];
            double[] probabilities = [.. likely.Where((_, place) => place % 2 == 1)];
            Assert.Equal(probabilities.OrderDescending(), probabilities);
            int rank = data.GetProperty("ranks")[token].GetInt32();
            if (rank <= probabilities.Length) Assert.Equal(Math.Pow(2, -bits), likely[(Array.IndexOf(likely, id) | 1)], 1e-3);
        }

        Assert.All(
            data.GetProperty("passages").EnumerateArray(),
            passage => Assert.Contains(passage.GetProperty("text").GetString()!, text, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_OfALongText_ShowsItsBeginningAndSaysSo()
    {
        string text = TinyText.OfLength(2000);
        (_, JsonElement data) = PageOf(trained.Run, text, "--length", "300");

        Assert.Equal(text[..300], string.Concat(Strings(data, "pieces")));
        Assert.Equal(text.Length, data.GetProperty("total").GetInt32());
        Assert.Contains("of which the first 300 are shown", data.GetProperty("facts").GetString(), StringComparison.Ordinal);
        // Only what is shown can be linked to.
        Assert.NotEmpty(data.GetProperty("passages").EnumerateArray());
        Assert.All(
            data.GetProperty("passages").EnumerateArray(),
            passage => Assert.InRange(passage.GetProperty("first").GetInt32() + passage.GetProperty("length").GetInt32(), 1, 300));
    }

    [Fact]
    public void Page_ChineseText_HasItsLanguageAndPassagesOfWholeSentences()
    {
        string[] stories =
        [
            "鸭子说：“水是我用来游的，别人不要喝。”驴子说：“水是我喝的，别人不要游。”青蛙说：“我生在这里，水是我的。”他们吵得很大声。",
            "小蚂蚁站在裂开的泥地上说：“我在地下挖洞的时候，挖到过湿的土，就在老树下面。那里可能有水。”",
        ];
        string text = string.Concat(Enumerable.Range(0, 12).Select(number => stories[number % 2] + "\n\n"));
        folder.Write("zh.txt", text);
        AphoristApp.Run(
            "train", folder["zh.txt"], "--run", folder["run"], "--epochs", "1", "--window", "20", "--samples", "false", "--quiet")
            .Expect(0);
        (string page, JsonElement data) = PageOf(folder["run"], text);

        Assert.Contains("id=\"text\" lang=\"zh\"", page, StringComparison.Ordinal);
        Assert.Equal("zh", data.GetProperty("language").GetString());
        Assert.StartsWith("每字符 ", data.GetProperty("factsInChinese").GetString(), StringComparison.Ordinal);
        // Its tokens are characters, and it says so.
        Assert.Equal("character", data.GetProperty("unit").GetString());
        Assert.Contains("say(\"{0}   {1} {2}\", visible(data.names[data.ids[token]]), say(data.unit)", page, StringComparison.Ordinal);
        Assert.Single(Regex.Matches(page, "词元"));
        string[] passages = [.. data.GetProperty("passages").EnumerateArray().Select(passage => passage.GetProperty("text").GetString()!)];
        Assert.True(passages.Length > 3);
        Assert.All(passages, passage => Assert.Contains(passage[..2], (string[])["鸭子", "驴子", "青蛙", "他们", "小蚂", "那里"]));
        Assert.All(passages, passage => Assert.Matches("(。”|大声。|下面。)$", passage));
    }

    [Fact]
    public void Page_OtherText_ClaimsNoLanguage()
    {
        (string page, JsonElement data) = PageOf(trained.Run, TinyText.OfLength(100));
        Assert.Contains("<html lang=\"en\">", page, StringComparison.Ordinal);
        Assert.Contains("id=\"text\" lang=\"\"", page, StringComparison.Ordinal);
        Assert.Equal("", data.GetProperty("language").GetString());
    }

    [Fact]
    public void Page_Words_AreAllTranslated() => PageWords.AssertTranslated(PageOf(trained.Run, TinyText.OfLength(100)).Page);

    [Fact]
    public void Page_Colours_LeaveTheTextReadable() => PageColours.AssertReadable(PageOf(trained.Run, TinyText.OfLength(100)).Page);

    [Fact]
    public void Page_LinkToThePassageInTheAddress_GoesThereAgain()
    {
        string page = PageOf(trained.Run, TinyText.OfLength(400)).Page;

        Assert.Contains("if (!hasModifier(event) && location.hash === link.hash) goToPassage();", page, StringComparison.Ordinal);
        string goTo = page[page.IndexOf("function goToPassage", StringComparison.Ordinal)..];
        goTo = goTo[..goTo.IndexOf("\n}", StringComparison.Ordinal)];
        Assert.Matches(@"(?s)element\(""text""\)\.focus\(.*scrollIntoView\(.*tips\.choose\(marked\[0\]\);", goTo);
    }

    [Fact]
    public void Page_TextThatLooksLikeMarkup_CannotLeaveItsScript()
    {
        folder.Write("tiny.txt", TinyText.OfLength(1000));
        AphoristApp.Run(
            "train", folder["tiny.txt"], "--run", folder["run"], "--tokenizer", "bytes", "--epochs", "1", "--window", "20", "--samples",
            "false", "--quiet").Expect(0);
        const string Text = "</script><script>alert(\"1\")</script><!-- & 'é' {{title}} \u202Eabc\u2028\u0001 \U0001F600\n";
        (string page, JsonElement data) = PageOf(folder["run"], Text);

        Assert.Equal(Text, string.Concat(Strings(data, "pieces")));
        Assert.Equal(Encoding.UTF8.GetByteCount(Text), data.GetProperty("total").GetInt32());
        Assert.Equal(2, page.Split("</script").Length - 1);
        Assert.DoesNotContain("<!--", page, StringComparison.Ordinal);
        Assert.DoesNotContain('\u0001', page);
        Assert.DoesNotContain('\u2028', page);
        Assert.Contains("{{title}}", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_NameThatLooksLikeMarkup_IsText()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "No such name is possible on Windows.");
        folder.Write("<b>&x.txt", "the cat");
        AphoristApp.Run("score", trained.Run, folder["<b>&x.txt"], "--output", folder["page.html"]).Expect(0);

        string page = File.ReadAllText(folder["page.html"]);
        Assert.Contains("<title>&lt;b&gt;&amp;x.txt read by ", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_TextThatFails_LeavesThePreviousOne()
    {
        folder.Write("page.html", "before");
        AphoristApp.RunWith("the cat €", "score", trained.Run, "-", "--output", folder["page.html"]).ExpectSentence(1, "U+20AC");

        Assert.Equal("before", File.ReadAllText(folder["page.html"]));
        Assert.Equal(["page.html"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Page_PlaceThatCannotBeWrittenTo_IsToldBeforeTheWork()
    {
        AphoristApp.Run(
            "score", trained.Run, folder["nowhere.txt"], "--output", folder["nowhere/page.html"])
            .ExpectSentence(1, folder["nowhere/page.html"]);
        Directory.CreateDirectory(folder["pages"]);
        AphoristApp.Run("score", trained.Run, folder["nowhere.txt"], "--output", folder["pages"]).ExpectSentence(1, "pages'", "folder");
    }

    [Fact]
    public void Page_Interrupted_LeavesNothing()
    {
        Signal.SkipUnlessHeard("INT");
        folder.Write("long.txt", string.Concat(Enumerable.Repeat(TinyText.OfLength(20_000), 1000)));
        using AphoristProcess process = AphoristProcess.Start(
            folder.Path, null, "score", trained.Run, "long.txt", "--output", "page.html", "--quiet");
        process.WaitUntil(() => Directory.EnumerateFiles(folder.Path, "page.html*").Any());
        process.Interrupt();

        Assert.Equal("", process.Wait().Expect(130).Output);
        Assert.Equal(["long.txt"], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    private (string Page, JsonElement Data) PageOf(string model, string text, params string[] options)
    {
        AphoristApp.RunWith(text, ["score", model, "-", "--output", folder["page.html"], .. options]).Expect(0);
        string page = File.ReadAllText(folder["page.html"]);
        return (page, JsonDocument.Parse(Data().Match(page).Groups[1].Value).RootElement);
    }

    private static IEnumerable<string> Strings(JsonElement data, string list) =>
        data.GetProperty(list).EnumerateArray().Select(item => item.GetString()!);

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Data();
}
