using System.Text.Json.Nodes;
using Aphorist.Server.Protocol;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class CompletionTests(ProtocolServers servers)
{
    private readonly ProtocolServer letters = servers.Letters;

    [Fact]
    public async Task Completion_OfAPrompt_HasTheFormOfTheApi()
    {
        JsonNode answer = await letters.CompleteAsync("""{"model": "letters", "prompt": "the ", "seed": 1}""");
        Assert.Equal(
            ["id", "object", "created", "model", "system_fingerprint", "choices", "usage"], answer.AsObject().Select(field => field.Key));
        Assert.StartsWith("cmpl-", (string?)answer["id"], StringComparison.Ordinal);
        Assert.Equal(("text_completion", "letters"), ((string?)answer["object"], (string?)answer["model"]));
        Assert.StartsWith("fp_", (string?)answer["system_fingerprint"], StringComparison.Ordinal);
        Assert.InRange((long)answer["created"]!, 1_700_000_000, 10_000_000_000);
        JsonObject choice = Assert.Single(answer["choices"]!.AsArray())!.AsObject();
        Assert.Equal(["index", "text", "logprobs", "finish_reason"], choice.Select(field => field.Key));
        Assert.Equal((0, null, "length"), ((int)choice["index"]!, choice["logprobs"], (string?)choice["finish_reason"]));
        Assert.Equal(letters.Generate("the ", new() { MaxTokens = 16, Seed = 1 }), answer.Text());
        Assert.Equal((4, 16, 20), answer.Usage());
    }

    [Theory]
    [InlineData("\"temperature\": 0", "Temperature")]
    [InlineData("\"temperature\": 3.5", "HighTemperature")]
    [InlineData("\"top_p\": 0.5", "TopP")]
    [InlineData("\"top_k\": 3", "TopK")]
    [InlineData("\"top_k\": 0", "Standard")]
    [InlineData("\"top_k\": -1", "Standard")]
    [InlineData("\"min_p\": 0.9", "MinP")]
    [InlineData("\"typical_p\": 0.3", "TypicalP")]
    [InlineData("\"frequency_penalty\": 2, \"presence_penalty\": -2", "Penalties")]
    [InlineData("\"repeat_penalty\": 1.7, \"repeat_last_n\": 5", "Repetition")]
    [InlineData(
        "\"repeat_last_n\": 0, \"repeat_penalty\": 1.7, \"frequency_penalty\": 2, \"presence_penalty\": -2", "Standard")]
    [InlineData("\"presence_penalty\": 2, \"frequency_penalty\": 1, \"repeat_last_n\": 0", "Standard")]
    [InlineData("\"max_tokens\": 200, \"repeat_penalty\": 1.7, \"repeat_last_n\": -1", "AllTokens")]
    [InlineData("\"logit_bias\": {\"3\": 6.5, \"4\": -100}", "Biases")]
    [InlineData("\"max_tokens\": 40, \"stop\": null, \"user\": \"me\", \"n\": null", "Nulls")]
    [InlineData("\"max_tokens\": 1e1, \"n\": 1.0", "Exponents")]
    public async Task Completion_WithSamplingFields_IsTheTextOfTheGenerator(string fields, string options)
    {
        GenerationOptions standard = new() { MaxTokens = 16, Seed = 7 };
        string expected = letters.Generate("a b", options switch
        {
            "Temperature" => standard with { Temperature = 0 },
            "HighTemperature" => standard with { Temperature = 3.5 },
            "TopP" => standard with { TopP = 0.5 },
            "TopK" => standard with { TopK = 3 },
            "MinP" => standard with { MinP = 0.9 },
            "TypicalP" => standard with { TypicalP = 0.3 },
            "Penalties" => standard with { FrequencyPenalty = 2, PresencePenalty = -2 },
            "Repetition" => standard with { RepetitionPenalty = 1.7, PenaltyWindow = 5 },
            "Standard" => standard,
            "AllTokens" => standard with { MaxTokens = 200, RepetitionPenalty = 1.7, PenaltyWindow = 1_000_000 },
            "Biases" => standard with { LogitBiasById = new Dictionary<int, double> { [3] = 6.5, [4] = -100 } },
            "Nulls" => standard with { MaxTokens = 40 },
            _ => standard with { MaxTokens = 10 },
        });
        string body = $$"""{"prompt": "a b", "seed": 7, {{fields}}}""";
        Assert.Equal(expected, (await letters.CompleteAsync(body)).Text());
        Assert.Equal([expected], (await letters.StreamAsync("v1/completions", body[..^1] + ", \"stream\": true}")).Texts());
    }

    [Fact]
    public async Task Completion_WithTopPOfZero_TakesTheMostLikelyTokens()
    {
        string expected = letters.Generate("a", new() { MaxTokens = 16, Temperature = 0 });
        Assert.Equal(expected, (await letters.CompleteAsync("""{"prompt": "a", "top_p": 0, "seed": 5}""")).Text());
    }

    [Fact]
    public async Task Completion_WithTopKAboveTheVocabulary_KeepsAllTokens()
    {
        string expected = letters.Generate("a", new() { MaxTokens = 16, Seed = 5 });
        Assert.Equal(expected, (await letters.CompleteAsync("""{"prompt": "a", "top_k": 100, "seed": 5}""")).Text());
    }

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("[[]]")]
    [InlineData("[\"\"]")]
    public async Task Completion_WithAnEmptyPrompt_StartsFromAZeroState(string prompt)
    {
        JsonNode answer = await letters.CompleteAsync($$"""{"prompt": {{prompt}}, "seed": 2}""");
        Assert.Equal(letters.Generate("", new() { MaxTokens = 16, Seed = 2 }), answer.Text());
        Assert.Equal((0, 16, 16), answer.Usage());
    }

    [Fact]
    public async Task Completion_WithoutAPrompt_StartsFromAZeroState() => Assert.Equal(
        letters.Generate("", new() { MaxTokens = 16, Seed = 2 }), (await letters.CompleteAsync("""{"seed": 2}""")).Text());

    [Theory]
    [InlineData("[\"ab\", \"漢😀\"]")]
    [InlineData("[[9, 10], \"漢😀\"]")]
    public async Task Completion_OfSeveralPromptsAndTexts_OrdersThemByPrompt(string prompts)
    {
        // The characters are sorted: a is the ninth after \n, space, quote, comma, dot, A, B, C, backslash.
        Assert.Equal([9, 10], letters.Tokenizer.Encode("ab"));
        string[] expected =
        [
            .. Enumerable.Range(0, 6).Select(
                i => letters.Generate(i < 3 ? "ab" : "漢😀", new() { MaxTokens = 20, Seed = 5 + (ulong)(i % 3) })),
        ];
        string body = $$"""{"prompt": {{prompts}}, "n": 3, "seed": 5, "max_tokens": 20}""";
        JsonNode answer = await letters.CompleteAsync(body);
        Assert.Equal(expected, answer.Texts());
        Assert.Equal([0, 1, 2, 3, 4, 5], answer["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        Assert.Equal((4, 120, 124), answer.Usage());
        Assert.Equal(expected, (await letters.StreamAsync("v1/completions", body[..^1] + ", \"stream\": true}")).Texts());
    }

    [Theory]
    [InlineData("[9, 10]")]
    [InlineData("[[9, 10]]")]
    [InlineData("[9.0, 1e1]")]
    public async Task Completion_OfIds_IsThatOfTheirText(string prompt) => Assert.Equal(
        letters.Generate("ab", new() { MaxTokens = 16, Seed = 4 }),
        (await letters.CompleteAsync($$"""{"prompt": {{prompt}}, "seed": 4}""")).Text());

    [Theory]
    [InlineData("-1", ulong.MaxValue)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("-9223372036854775808", 1UL << 63)]
    [InlineData("1.0", 1UL)]
    [InlineData("1e3", 1000UL)]
    [InlineData("-1.0", ulong.MaxValue)]
    [InlineData("18446744073709551615.0", ulong.MaxValue)]
    public async Task Completion_WithAnExtremeSeed_IsThatOfTheGenerator(string seed, ulong expected) => Assert.Equal(
        letters.Generate("a", new() { MaxTokens = 16, Seed = expected }),
        (await letters.CompleteAsync($$"""{"prompt": "a", "seed": {{seed}}}""")).Text());

    [Fact]
    public async Task Completion_WithoutASeed_DiffersEachTime()
    {
        JsonNode answer = await letters.CompleteAsync("""{"prompt": "a", "n": 4, "max_tokens": 60}""");
        Assert.Equal(4, answer.Texts().Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Completion_WithAStopSequence_EndsBeforeIt(bool isList)
    {
        string whole = letters.Generate("a", new() { MaxTokens = 200, Seed = 9 });
        string stop = whole.Substring(30, 2), expected = whole[..whole.IndexOf(stop, StringComparison.Ordinal)];
        string quoted = JsonValue.Create(stop).ToJsonString();
        string body = $$"""{"prompt": "a", "seed": 9, "max_tokens": 200, "stop": {{(isList ? $"[{quoted}]" : quoted)}}}""";
        JsonNode answer = await letters.CompleteAsync(body);
        Assert.Equal((expected, "stop"), (answer.Text(), answer.FinishReason()));
        IReadOnlyList<JsonNode> frames = await letters.StreamAsync("v1/completions", body[..^1] + ", \"stream\": true}");
        Assert.Equal((expected, "stop"), (frames.Texts().Single(), frames[^1].FinishReason()));
    }

    [Fact]
    public async Task Completion_WithMaxTokensOfZero_HasAnEmptyText()
    {
        JsonNode answer = await letters.CompleteAsync("""{"prompt": "abc", "max_tokens": 0}""");
        Assert.Equal(("", "length", (3, 0, 3)), (answer.Text(), answer.FinishReason(), answer.Usage()));
    }

    [Fact]
    public async Task Completion_WithEcho_StartsWithThePrompt()
    {
        string body = """{"prompt": ["ab\r\n", [9, 10]], "echo": true, "seed": 3}""";
        string[] expected =
        [
            "ab\n" + letters.Generate("ab\n", new() { MaxTokens = 16, Seed = 3 }),
            "ab" + letters.Generate("ab", new() { MaxTokens = 16, Seed = 3 }),
        ];
        Assert.Equal(expected, (await letters.CompleteAsync(body)).Texts());
        Assert.Equal(expected, (await letters.StreamAsync("v1/completions", body[..^1] + ", \"stream\": true}")).Texts());
    }

    [Fact]
    public async Task Choices_OfOnePrompt_ShareItsText()
    {
        using ModelLease model = await letters.Server.Services.GetRequiredService<ModelStore>()
            .OpenAsync(null, TestContext.Current.CancellationToken);
        TextRequest request = new(RequestKinds.Completion, new())
        {
            Prompts = [new("ab\r\n", null, "prompt[0]"), new("", [9, 10], "prompt[1]")],
            TextsPerPrompt = 3,
            Echoes = true,
        };
        Choice[] choices = new Answer(request, model).CreateChoices();
        Assert.Equal(Enumerable.Range(0, 6), choices.Select(choice => choice.Index));
        Assert.Equal(["ab\n", "ab\n", "ab\n", "ab", "ab", "ab"], choices.Select(choice => choice.Start));
        Assert.All(choices, choice => Assert.Same(choices[choice.Index / 3 * 3].Start, choice.Start));
    }

    [Fact]
    public async Task Completion_WithBestOf_ReturnsTheMostLikelyTexts()
    {
        (string Text, double Mean)[] texts =
        [
            .. Enumerable.Range(0, 6).Select(i =>
            {
                GenerationOptions options = new() { MaxTokens = 12, Seed = 20 + (ulong)i };
                ScoredToken[] tokens = [.. letters.Generator.StreamTokens("a", options, 0, TestContext.Current.CancellationToken)];
                return (string.Concat(tokens.Select(token => token.Text)), tokens.Average(token => token.LogProbability));
            }),
        ];
        JsonNode answer = await letters.CompleteAsync("""{"prompt": "a", "seed": 20, "max_tokens": 12, "n": 2, "best_of": 6}""");
        Assert.Equal(texts.OrderByDescending(text => text.Mean).Take(2).Select(text => text.Text), answer.Texts());
        Assert.Equal([0, 1], answer["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
        Assert.Null(answer["choices"]![0]!["logprobs"]);
        Assert.Equal((1, 72, 73), answer.Usage());
    }

    [Fact]
    public async Task Completion_WithBestOfEqualToN_CanBeStreamed()
    {
        IReadOnlyList<JsonNode> frames =
            await letters.StreamAsync("v1/completions", """{"prompt": "a", "seed": 20, "n": 2, "best_of": 2, "stream": true}""");
        Assert.Equal(
            Enumerable.Range(20, 2).Select(seed => letters.Generate("a", new() { MaxTokens = 16, Seed = (ulong)seed })), frames.Texts());
    }

    [Fact]
    public async Task Completion_WithFieldsThatAreNotKnown_NamesThemInAHeader()
    {
        string body = """
            {"prompt": "a", "user": 1, "metadata": {}, "store": true, "cache_prompt": true, "id_slot": 3,
             "mirostat": 2, "n_probs": null, "über\r\nX: 1": 1, "stream": true, "stream_options": {"include_obfuscation": false}}
            """;
        using StringContent content = new(body, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response =
            await letters.Client.PostAsync(new Uri("v1/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(
            "mirostat, %C3%BCber%0D%0AX%3A%201, stream_options.include_obfuscation",
            Assert.Single(response.Headers.GetValues("Aphorist-Ignored-Fields")));
    }

    [Fact]
    public async Task Completion_WithAThousandUnknownFields_NamesSomeOfThem()
    {
        string fields = string.Concat(Enumerable.Range(0, 1000).Select(i => $"\"unknown_{i}\": 1, "));
        ApiAnswer answer = await letters.PostAsync("v1/completions", $$"""{{{fields}}"prompt": "a"}""");
        answer.Expect(200);
        string names = answer.Headers["Aphorist-Ignored-Fields"];
        Assert.StartsWith("unknown_0, unknown_1, ", names, StringComparison.Ordinal);
        Assert.EndsWith(", ...", names, StringComparison.Ordinal);
        Assert.InRange(names.Length, 900, 1100);
    }

    [Fact]
    public async Task Completion_WithKnownFieldsOnly_HasNoHeaderOfIgnoredFields()
    {
        ApiAnswer answer = await letters.PostAsync("v1/completions", """{"prompt": "a", "user": "me"}""");
        Assert.DoesNotContain("Aphorist-Ignored-Fields", answer.Headers.Keys);
    }

    [Fact]
    public async Task Completion_OfALongBodyWithAByteOrderMark_IsRead()
    {
        string prompt = string.Concat(Enumerable.Repeat("the cat. ", 8000));
        byte[] body = [0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes($$"""{"prompt": "{{prompt}}", "seed": 1}""")];
        JsonNode answer = (await letters.PostAsync("v1/completions", body)).Expect(200);
        Assert.Equal(letters.Generate(prompt, new() { MaxTokens = 16, Seed = 1 }), answer.Text());
        Assert.Equal(72_000, answer.Usage().Prompt);
    }

    [Fact]
    public async Task Completion_OfManyRequestsAtOnce_IsThatOfEachAlone()
    {
        string[] texts = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
            (await letters.CompleteAsync($$"""{"prompt": "the", "seed": {{i}}, "max_tokens": 30}""")).Text()));
        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => letters.Generate("the", new() { MaxTokens = 30, Seed = (ulong)i })), texts);
    }
}
