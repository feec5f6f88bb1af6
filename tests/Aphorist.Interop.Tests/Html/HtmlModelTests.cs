using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Aphorist.Interop.Tests.Html;

/// <summary>The file: its structure, its size, and texts that could break it.</summary>
public sealed partial class HtmlModelTests
{
    private const int MaxPageLength = 150_000;

    [Fact]
    public void Write_AnyModel_IsAtMost150KilobytesBesideTheWeights()
    {
        LanguageModel model = Create();
        string page = PageRun.Write(model);
        int weights = Between(page, "id=\"weights\">").Length;
        Assert.InRange(page.Length - weights, 1, MaxPageLength);
        // 16 bits for each weight of a matrix, and 32 for each of the few others, as Base64.
        Assert.InRange(weights, model.Parameters.Count * 8 / 3, model.Parameters.Count * 8 / 3 * 1.2);
    }

    [Fact]
    public void Write_AnyModel_LoadsNothingAndAllowsOnlyItsOwnScripts()
    {
        string page = PageRun.Write(Create());
        Assert.DoesNotContain("http:", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", page, StringComparison.Ordinal);
        string policy = Regex.Match(page, "Content-Security-Policy\" content=\"([^\"]*)\"").Groups[1].Value;
        Assert.StartsWith("default-src 'none';", policy, StringComparison.Ordinal);
        string[] inline = [.. Inline().Matches(page).Select(match => match.Groups[1].Value)];
        Assert.Equal(3, inline.Length);
        foreach (string text in inline)
        {
            string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
            Assert.Contains($"'sha256-{hash}'", policy, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("</script><script>alert(1)</script>")]
    [InlineData("<!--<script>")]
    [InlineData("\"'&{{weights}} \u2028 中文 \U0001F600")]
    public void Write_TitlePromptAndTokensThatLookLikeHtml_StayTexts(string text)
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 2 }, WordTokenizer.FromTokens(["\uFFFD", text, "\0", "\r", " "]));
        string page = PageRun.Write(model, new() { Title = text, Prompt = text });
        Assert.Equal(4, page.Split("</script>").Length - 1);
        Assert.DoesNotContain("alert(1)</script>", page, StringComparison.Ordinal);
        Assert.Contains($"<h1>{System.Text.Encodings.Web.HtmlEncoder.Default.Encode(text)}</h1>", page, StringComparison.Ordinal);
        JsonNode about = JsonNode.Parse(Between(page, "id=\"description\">"))!;
        Assert.Equal(text, (string?)about["page"]!["title"]);
        Assert.Equal(text, (string?)about["page"]!["prompt"]);
        Assert.Equal(["\uFFFD", text, "\0", "\r", " "], about["tokenizer"]!["tokens"]!.AsArray().Select(token => (string)token!));
    }

    [Fact]
    public void Write_ChineseModel_IsAPageInChinese()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 2 }, CharacterTokenizer.FromCharacters("，。中文a"));
        JsonNode about = JsonNode.Parse(Between(PageRun.Write(model), "id=\"description\">"))!;
        Assert.Equal("zh", (string?)about["page"]!["language"]);
    }

    [Fact]
    public void Write_Path_IsWhatAStreamGets()
    {
        string path = Path.Combine(Path.GetTempPath(), $"aphorist-test-{Guid.NewGuid():N}.html");
        try
        {
            LanguageModel model = Create();
            HtmlModel.Write(model, path);
            Assert.Equal(PageRun.Write(model), File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Temperature_OutOfRange_IsRefused() =>
        Assert.Throws<InvalidOptionsException>(() => new HtmlModelOptions { Temperature = 2.1 });

    private static LanguageModel Create() => LanguageModel.Create(
        new() { HiddenSize = 64, Layers = 2, LayerNormalization = true }, CharacterTokenizer.FromCharacters("\n abcdefghij"));

    private static string Between(string page, string start)
    {
        int from = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return page[from..page.IndexOf("</script>", from, StringComparison.Ordinal)];
    }

    [GeneratedRegex("<(?:style|script)>(.*?)</(?:style|script)>", RegexOptions.Singleline)]
    private static partial Regex Inline();
}
