using System.Text.Json.Nodes;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class StreamTests(ProtocolServers servers)
{
    private readonly ProtocolServer letters = servers.Letters;

    [Fact]
    public async Task Stream_OfACompletion_ConsistsOfCompletions()
    {
        string body = """{"prompt": "the ", "seed": 1, "max_tokens": 60, "stream": true}""";
        IReadOnlyList<JsonNode> frames = await letters.StreamAsync("v1/completions", body);
        foreach (JsonNode frame in frames)
        {
            Assert.Equal(
                ["id", "object", "created", "model", "system_fingerprint", "choices"], frame.AsObject().Select(field => field.Key));
            Assert.Equal((string?)frames[0]["id"], (string?)frame["id"]);
            Assert.Equal("text_completion", (string?)frame["object"]);
            JsonNode choice = Assert.Single(frame["choices"]!.AsArray())!;
            Assert.Equal(["index", "text", "logprobs", "finish_reason"], choice.AsObject().Select(field => field.Key));
            Assert.Equal(frame == frames[^1] ? "length" : null, (string?)choice["finish_reason"]);
        }

        Assert.Equal([letters.Generate("the ", new() { MaxTokens = 60, Seed = 1 })], frames.Texts());
    }

    [Fact]
    public async Task Stream_OfSpecialCharacters_IsJson()
    {
        // All texts consist of characters that JSON escapes, and of some with several bytes.
        string[] likely = ["\n", "\"", "\\", "é", "漢", "😀"];
        string biases = string.Join(", ", likely.Select(text => $"\"{letters.Tokenizer.Encode(text)[0]}\": 100"));
        string body = $$"""{"seed": 1, "max_tokens": 100, "logit_bias": { {{biases}} }, "stream": true}""";
        string text = (await letters.StreamAsync("v1/completions", body)).Texts().Single();
        Assert.Equal(likely.ToHashSet(), text.EnumerateRunes().Select(rune => rune.ToString()).ToHashSet());
        Assert.Equal((await letters.CompleteAsync(body.Replace("true", "false", StringComparison.Ordinal))).Text(), text);
    }

    [Theory]
    [InlineData("v1/completions", "\"prompt\": [\"ab\", \"abc\"]", 5)]
    [InlineData("v1/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"abc\"}]", 3)]
    public async Task Stream_WithUsage_EndsWithAFrameWithoutChoices(string path, string prompt, int promptTokens)
    {
        IReadOnlyList<JsonNode> frames = await letters.StreamAsync(
            path, $$"""{ {{prompt}}, "n": 2, "max_tokens": 7, "stream": true, "stream_options": {"include_usage": true} }""");
        foreach (JsonNode frame in frames.SkipLast(1))
        {
            Assert.True(frame.AsObject().TryGetPropertyValue("usage", out JsonNode? none));
            Assert.Null(none);
            Assert.Single(frame["choices"]!.AsArray());
        }

        Assert.Empty(frames[^1]["choices"]!.AsArray());
        int completionTokens = promptTokens == 5 ? 28 : 14;
        Assert.Equal((promptTokens, completionTokens, promptTokens + completionTokens), frames[^1].Usage());
    }

    [Fact]
    public async Task Stream_WithMaxTokensOfZero_HasOneFrame()
    {
        IReadOnlyList<JsonNode> frames =
            await letters.StreamAsync("v1/completions", """{"prompt": "a", "max_tokens": 0, "stream": true}""");
        JsonNode frame = Assert.Single(frames);
        Assert.Equal(("", "length"), (frame.Text(), frame.FinishReason()));
    }

    [Fact]
    public async Task Stream_OfSeveralTexts_InterleavesThem()
    {
        string body = """{"prompt": "a", "n": 3, "seed": 1, "max_tokens": 5000, "stream": true}""";
        IReadOnlyList<JsonNode> frames = await letters.StreamAsync("v1/completions", body);
        int[] indices = [.. frames.Select(frame => (int)frame["choices"]![0]!["index"]!)];
        Assert.True(Array.IndexOf(indices, 2) < Array.LastIndexOf(indices, 0), "The last text starts after the end of the first one.");
    }

    [Fact]
    public async Task Stream_OfARequestThatIsWrong_HasAStatus()
    {
        ApiAnswer answer = await letters.PostAsync("v1/completions", """{"prompt": "Ω", "stream": true}""");
        answer.ExpectError(400, "prompt", "unknown_character");
    }
}
