using System.Text.Json.Nodes;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class LogprobsTests(ProtocolServers servers)
{
    private readonly ProtocolServer letters = servers.Letters;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(38, false)]
    [InlineData(3, true)]
    public async Task Logprobs_OfACompletion_AreThoseOfTheModel(int alternatives, bool isStreamed)
    {
        // A temperature changes the choice of tokens, not the model's own probabilities.
        string body = $$"""
            {"prompt": "é漢😀", "seed": 4, "max_tokens": 40, "temperature": 0.5, "logprobs": {{alternatives}},
             "stream": {{(isStreamed ? "true" : "false")}}}
            """;
        GenerationOptions options = new() { MaxTokens = 40, Seed = 4, Temperature = 0.5 };
        ScoredToken[] expected = [.. letters.Generator.StreamTokens("é漢😀", options, alternatives, Cancel)];
        IReadOnlyList<JsonNode> answers =
            isStreamed ? await letters.StreamAsync("v1/completions", body) : [await letters.CompleteAsync(body)];
        Assert.Equal(expected.Select(token => token.Text), answers.Logprobs("tokens").Select(token => (string)token!));
        Assert.Equal(expected.Select(token => token.LogProbability), answers.Logprobs("token_logprobs").Select(value => (double)value!));
        // Characters of any size count as one, and the prompt counts.
        Assert.Equal(Enumerable.Range(3, 40), answers.Logprobs("text_offset").Select(offset => (int)offset!));
        JsonNode?[] top = answers.Logprobs("top_logprobs");
        for (int i = 0; i < top.Length; i++)
        {
            Dictionary<string, double> likely = expected[i].Alternatives.ToDictionary(
                candidate => letters.Tokenizer.GetText(candidate.Id), candidate => Math.Log(candidate.Probability));
            likely[expected[i].Text] = expected[i].LogProbability;
            Assert.Equal(likely.Keys.ToHashSet(), top[i]!.AsObject().Select(one => one.Key).ToHashSet());
            Assert.All(top[i]!.AsObject(), one => Assert.Equal(likely[one.Key], (double)one.Value!, 1e-12));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Logprobs_WithEchoAndNoTokens_AreThoseOfTheScore(bool isStreamed)
    {
        const string Text = "the cat é sat.\n漢";
        string body = $$"""
            {"prompt": "the cat é sat.\r\n漢", "max_tokens": 0, "echo": true, "logprobs": 2, "stream": {{(isStreamed ? "true" : "false")}}}
            """;
        IReadOnlyList<JsonNode> answers =
            isStreamed ? await letters.StreamAsync("v1/completions", body) : [await letters.CompleteAsync(body)];
        TextScore score = letters.Generator.Score(Text, new() { Alternatives = 2 }, Cancel);
        Assert.Equal([Text], answers.Texts());
        Assert.Equal("length", answers[^1].FinishReason());
        Assert.Equal(score.Tokens.Select(token => token.Text), answers.Logprobs("tokens").Select(token => (string)token!));
        Assert.Equal(Enumerable.Range(0, score.Tokens.Count), answers.Logprobs("text_offset").Select(offset => (int)offset!));
        JsonNode?[] logprobs = answers.Logprobs("token_logprobs");
        Assert.Null(logprobs[0]);
        Assert.Null(answers.Logprobs("top_logprobs")[0]);
        Assert.Equal(
            -score.TotalLoss - score.Tokens[0].LogProbability, logprobs.Skip(1).Sum(value => (double)value!), 1e-4);
        Assert.All(answers.Logprobs("top_logprobs").Skip(1), top => Assert.InRange(top!.AsObject().Count, 2, 3));
    }

    [Fact]
    public async Task Logprobs_WithEchoOfSeveralPrompts_ContinueInTheText()
    {
        JsonNode answer = await letters.CompleteAsync(
            """{"prompt": ["ab", [9, 10, 11]], "n": 2, "max_tokens": 5, "seed": 1, "echo": true, "logprobs": 0}""");
        for (int i = 0; i < 4; i++)
        {
            string prompt = i < 2 ? "ab" : "abc";
            string text = prompt + letters.Generate(prompt, new() { MaxTokens = 5, Seed = 1 + (ulong)(i % 2) });
            Assert.Equal(text, answer.Text(i));
            Assert.Equal(text, string.Concat(answer.Logprobs("tokens", i).Select(token => (string)token!)));
            Assert.Equal(Enumerable.Range(0, prompt.Length + 5), answer.Logprobs("text_offset", i).Select(offset => (int)offset!));
            Assert.Equal(1, answer.Logprobs("token_logprobs", i).Count(value => value is null));
        }

        Assert.Equal((5, 20, 25), answer.Usage());
    }

    [Fact]
    public async Task Logprobs_WithEchoOfAnEmptyPrompt_HaveAValueForEachToken()
    {
        JsonNode answer = await letters.CompleteAsync("""{"prompt": "", "max_tokens": 3, "echo": true, "logprobs": 0}""");
        Assert.Equal(3, answer.Logprobs("token_logprobs").Count(value => value is not null));
    }

    [Fact]
    public async Task Logprobs_OfBytesOfACharacter_NameThemAndStayAtTheCharacter()
    {
        JsonNode answer = await servers.Bytes.CompleteAsync("""{"prompt": "aé漢b", "max_tokens": 0, "echo": true, "logprobs": 0}""");
        Assert.Equal(
            ["a", "bytes:\\xc3", "bytes:\\xa9", "bytes:\\xe6", "bytes:\\xbc", "bytes:\\xa2", "b"],
            answer.Logprobs("tokens").Select(token => (string)token!));
        Assert.Equal([0, 1, 1, 2, 2, 2, 3], answer.Logprobs("text_offset").Select(offset => (int)offset!));
    }

    [Fact]
    public async Task Logprobs_OfAllBytes_HaveANameForEachByte()
    {
        JsonNode answer = await servers.Bytes.CompleteAsync("""{"prompt": "a", "max_tokens": 1, "logprobs": 256}""");
        Assert.Equal(256, answer.Logprobs("top_logprobs")[0]!.AsObject().Count);
    }

    [Fact]
    public async Task Logprobs_OfAWordModel_HaveWords()
    {
        JsonNode answer = await servers.Words.CompleteAsync("""{"prompt": "the cat sat.", "max_tokens": 0, "echo": true, "logprobs": 1}""");
        Assert.Equal(["the", " cat", " sat", "."], answer.Logprobs("tokens").Select(token => (string)token!));
        Assert.Equal([0, 3, 7, 11], answer.Logprobs("text_offset").Select(offset => (int)offset!));
    }

    [Fact]
    public async Task Logprobs_WithAStopSequence_EndWithTheText()
    {
        string whole = letters.Generate("a", new() { MaxTokens = 100, Seed = 9 }), stop = whole.Substring(20, 1);
        JsonNode answer = await letters.CompleteAsync(
            $$"""{"prompt": "a", "seed": 9, "max_tokens": 100, "logprobs": 0, "stop": {{JsonValue.Create(stop).ToJsonString()}}}""");
        Assert.Equal(answer.Text(), string.Concat(answer.Logprobs("tokens").Select(token => (string)token!)));
        Assert.Equal("stop", answer.FinishReason());
    }
}
