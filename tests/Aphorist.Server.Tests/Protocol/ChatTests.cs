using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class ChatTests(ProtocolServers servers)
{
    private readonly ProtocolServer letters = servers.Letters;

    [Fact]
    public async Task Chat_OfMessages_ContinuesTheLastOne()
    {
        JsonNode answer = await letters.ChatAsync(
            """{"messages": [{"role": "system", "content": "Ωmega"}, {"role": "user", "content": "the "}], "seed": 1, "max_tokens": 20}""");
        Assert.Equal(
            ["id", "object", "created", "model", "system_fingerprint", "choices", "usage"], answer.AsObject().Select(field => field.Key));
        Assert.StartsWith("chatcmpl-", (string?)answer["id"], StringComparison.Ordinal);
        Assert.Equal("chat.completion", (string?)answer["object"]);
        JsonObject choice = Assert.Single(answer["choices"]!.AsArray())!.AsObject();
        Assert.Equal(["index", "message", "logprobs", "finish_reason"], choice.Select(field => field.Key));
        Assert.Equal(("assistant", "length"), ((string?)choice["message"]!["role"], (string?)choice["finish_reason"]));
        Assert.Null(choice["logprobs"]);
        Assert.Equal(letters.Generate("the ", new() { MaxTokens = 20, Seed = 1 }), answer.Content());
        Assert.Equal((4, 20, 24), answer.Usage());
    }

    [Theory]
    [InlineData("{\"content\": [{\"type\": \"text\", \"text\": \"th\"}, {\"type\": \"text\", \"text\": \"e \"}]}", "the ")]
    [InlineData("{\"role\": \"user\", \"content\": null}", "")]
    [InlineData("{\"role\": \"user\", \"content\": []}", "")]
    [InlineData("{\"role\": \"user\"}", "")]
    public async Task Chat_WithContentInAnyForm_ContinuesItsText(string message, string prompt) => Assert.Equal(
        letters.Generate(prompt, new() { MaxTokens = 16, Seed = 1 }),
        (await letters.ChatAsync($$"""{"messages": [{{message}}], "seed": 1}""")).Content());

    [Theory]
    [InlineData("\"max_completion_tokens\": 9")]
    [InlineData("\"max_completion_tokens\": 9, \"max_tokens\": 9")]
    [InlineData("\"max_tokens\": 9")]
    public async Task Chat_WithAMaximum_HasThatLength(string fields) => Assert.Equal(
        9, (await letters.ChatAsync($$"""{"messages": [{"content": "a"}], {{fields}}}""")).Usage().Completion);

    [Fact]
    public async Task Chat_Streamed_StartsWithTheRole()
    {
        IReadOnlyList<JsonNode> frames = await letters.StreamAsync(
            "v1/chat/completions",
            """{"messages": [{"role": "user", "content": "the "}], "seed": 1, "n": 2, "max_tokens": 30, "stream": true}""");
        foreach (int index in new[] { 0, 1 })
        {
            JsonNode[] choices = [.. frames.Select(frame => frame["choices"]![0]!).Where(choice => (int)choice["index"]! == index)];
            Assert.Equal("""{"role":"assistant","content":""}""", choices[0]["delta"]!.ToJsonString());
            Assert.All(choices.Skip(1), choice => Assert.Equal(["content"], choice["delta"]!.AsObject().Select(field => field.Key)));
            Assert.All(choices.SkipLast(1), choice => Assert.Null(choice["finish_reason"]));
            Assert.Equal("length", (string?)choices[^1]["finish_reason"]);
            Assert.Equal(
                letters.Generate("the ", new() { MaxTokens = 30, Seed = 1 + (ulong)index }),
                string.Concat(choices.Select(choice => (string)choice["delta"]!["content"]!)));
        }

        Assert.All(frames, frame => Assert.Equal("chat.completion.chunk", (string?)frame["object"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Chat_WithLogprobs_ReturnsEachToken(bool isStreamed)
    {
        string body = $$"""
            {"messages": [{"content": "the "}], "seed": 1, "max_tokens": 30, "logprobs": true, "top_logprobs": 3,
             "stream": {{(isStreamed ? "true" : "false")}}}
            """;
        JsonNode[] choices = isStreamed
            ? [.. (await letters.StreamAsync("v1/chat/completions", body)).Select(frame => frame["choices"]![0]!)]
            : [(await letters.ChatAsync(body))["choices"]![0]!];
        JsonNode[] tokens =
            [.. choices.Where(choice => choice["logprobs"] is not null).SelectMany(choice => choice["logprobs"]!["content"]!.AsArray())!];
        ScoredToken[] expected =
        [
            .. letters.Generator.StreamTokens("the ", new() { MaxTokens = 30, Seed = 1 }, 3, TestContext.Current.CancellationToken),
        ];
        Assert.Equal(expected.Select(token => token.Text), tokens.Select(token => (string)token["token"]!));
        Assert.Equal(expected.Select(token => token.LogProbability), tokens.Select(token => (double)token["logprob"]!));
        for (int i = 0; i < tokens.Length; i++)
        {
            Assert.Equal(
                Encoding.UTF8.GetBytes(expected[i].Text).Select(value => (int)value),
                tokens[i]["bytes"]!.AsArray().Select(value => (int)value!));
            JsonArray top = tokens[i]["top_logprobs"]!.AsArray();
            Assert.Equal(
                expected[i].Alternatives.Select(candidate => letters.Tokenizer.GetText(candidate.Id)),
                top.Select(one => (string)one!["token"]!));
            Assert.All(top.Zip(expected[i].Alternatives), pair => Assert.Equal(
                Math.Log(pair.Second.Probability), (double)pair.First!["logprob"]!, 1e-12));
        }
    }

    [Fact]
    public async Task Chat_WithLogprobsAndNoAlternatives_ReturnsEachToken()
    {
        JsonNode answer = await letters.ChatAsync("""{"messages": [{"content": "a"}], "logprobs": true}""");
        JsonArray tokens = answer["choices"]![0]!["logprobs"]!["content"]!.AsArray();
        Assert.Equal(16, tokens.Count);
        Assert.All(tokens, token => Assert.Empty(token!["top_logprobs"]!.AsArray()));
    }

    [Fact]
    public async Task Chat_OfBytes_WritesThoseOfACharacterOneByOne()
    {
        // Only the first byte of é.
        JsonNode answer = await servers.Bytes.ChatAsync(
            """{"messages": [{"content": "a"}], "logprobs": true, "max_tokens": 1, "logit_bias": {"195": 1000}, "seed": 1}""");
        JsonNode token = answer["choices"]![0]!["logprobs"]!["content"]![0]!;
        Assert.Equal(("bytes:\\xc3", "[195]"), ((string?)token["token"], token["bytes"]!.ToJsonString()));
    }
}
