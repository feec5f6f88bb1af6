using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Evaluate;

/// <summary>Words that a vocabulary lacks are reported by evaluate, score and train, and cost their spelling.</summary>
public sealed class UnknownWordTests : IDisposable
{
    private const string Text = "the cat saw the dromedary, and the cat sat.\n";

    private readonly TemporaryFolder folder = new();

    public UnknownWordTests() => folder.Write("text.txt", Text);

    public void Dispose() => folder.Dispose();

    [Fact]
    public void EvaluateAndScore_Json_CountAndChargeTheUnknownWords()
    {
        string model = Model(WordTokenizer.Create(Corpus.FromText("the cat the cat a dog a pig")));
        // Unknown are "saw", "dromedary", ",", "and", "sat", "." and the line break.
        JsonElement evaluated = Json("evaluate", model), scored = Json("score", model);

        Assert.All([evaluated, scored], one => Assert.Equal(7, one.GetProperty("unknownTokens").GetInt32()));
        Assert.Equal(Text.Length, scored.GetProperty("characters").GetInt32());
        Assert.Equal(Text.Length - "the".Length, evaluated.GetProperty("characters").GetInt32());
        foreach (JsonElement one in (JsonElement[])[evaluated, scored])
        {
            int count = one.GetProperty("count").GetInt32();
            Assert.Equal(7.0 / count, one.GetProperty("unknownShare").GetDouble(), 1e-12);
            double own = one.GetProperty("nats").GetDouble() / Math.Log(2) * count, spelling = one.GetProperty("spellingBits").GetDouble();
            Assert.True(spelling > 7 * Math.Log2(10));
            Assert.Equal(
                (own + spelling) / one.GetProperty("characters").GetInt32(), one.GetProperty("bitsPerCharacter").GetDouble(), 1e-9);
            Assert.Equal(Math.Exp(one.GetProperty("nats").GetDouble()), one.GetProperty("perplexity").GetDouble(), 1e-9);
        }

        // The passage is the text, with its unknown words.
        Assert.Equal(Text, Assert.Single(scored.GetProperty("passages").EnumerateArray()).GetProperty("text").GetString());
        Assert.True(scored.GetProperty("expectedBitsPerCharacter").GetDouble() > 0.5);
    }

    [Fact]
    public void EvaluateAndScore_ForPeople_TellTheShare()
    {
        string model = Model(WordTokenizer.Create(Corpus.FromText("the cat the cat a dog a pig")));
        foreach (string command in (string[])["evaluate", "score"])
        {
            CommandResult result = AphoristApp.Run(command, model, folder["text.txt"]).Expect(0);
            result.ExpectOutput("unknown tokens", "7 (");
            Assert.DoesNotContain("upper bound", result.Error, StringComparison.Ordinal);
        }

        string characters = Model(CharacterTokenizer.FromCharacters(Text));
        string output = AphoristApp.Run("evaluate", characters, folder["text.txt"]).Expect(0).Output;
        Assert.DoesNotContain("unknown", output, StringComparison.Ordinal);
    }

    [Fact]
    public void EvaluateAndScore_ModelWithoutSpelling_ChargeAnUpperBoundAndSaySo()
    {
        string model = Model(WordTokenizer.FromTokens(["\uFFFD", "the", " the", " cat", " "]));
        foreach (string command in (string[])["evaluate", "score"])
        {
            AphoristApp.Run(command, model, folder["text.txt"]).Expect(0).ExpectError("21.1 bits, an upper bound");
            // "saw", "dromedary", ",", "and", "sat", "." and the line break have 21 characters.
            Assert.Equal(21 * 21.085, Json(command, model).GetProperty("spellingBits").GetDouble(), 0.1);
        }
    }

    [Fact]
    public void Page_UnknownWords_AreShownWithTheirBits()
    {
        string model = Model(WordTokenizer.Create(Corpus.FromText("the cat the cat a dog a pig")));
        AphoristApp.Run("score", model, folder["text.txt"], "--output", folder["page.html"]).Expect(0);
        string page = File.ReadAllText(folder["page.html"]);
        Assert.Contains("\"dromedary\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("\\uFFFD\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_Json_TellsTheShare()
    {
        folder.Write("long.txt", string.Concat(Enumerable.Repeat(Text, 30)));
        JsonElement corpus = AphoristApp.Run(
            "train", folder["long.txt"], "--tokenizer", "words", "--vocabulary-size", "3", "--epochs", "1", "--hidden", "4",
            "--window", "5", "--samples", "false", "--run", folder["run"], "--json").Expect(0).JsonLines()[0];
        Assert.InRange(corpus.GetProperty("unknownShare").GetDouble(), 0.4, 0.9);
    }

    private JsonElement Json(string command, string model) =>
        AphoristApp.Run(command, model, folder["text.txt"], "--json").Expect(0).Json();

    private string Model(Tokenizer tokenizer)
    {
        string path = folder["model.safetensors"];
        LanguageModel.Create(new() { HiddenSize = 6, Window = 4 }, tokenizer, seed: 1).Save(path);
        return path;
    }
}
