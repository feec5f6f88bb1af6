using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class RequestErrorTests(ProtocolServers servers)
{
    private const string Completions = "v1/completions", Chat = "v1/chat/completions";

    private readonly ProtocolServer letters = servers.Letters;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "The body is empty. Send a JSON object.")]
    [InlineData("{\n\"prompt\": oops}", "The body is not valid JSON: see line 2, byte 11.")]
    [InlineData("{\"prompt\": \"a\"", "The body is not valid JSON: see line 1, byte 15.")]
    [InlineData("{\"temperature\": NaN}", "The body is not valid JSON: see line 1, byte 17.")]
    [InlineData("{\"prompt\": \"a\"} {}", "The body is not valid JSON: see line 1, byte 17.")]
    [InlineData("{\"prompt\": \"a\nb\"}", "The body is not valid JSON: see line 1, byte 14.")]
    [InlineData("[]", "The body is not a JSON object. Send one, such as {\"prompt\": \"The\"}.")]
    [InlineData("null", "The body is not a JSON object. Send one, such as {\"prompt\": \"The\"}.")]
    public async Task Body_ThatIsNotAnObject_IsRefusedWithItsPlace(string body, string message) =>
        Assert.Equal(message, (await letters.PostAsync(Completions, body)).ExpectError(400));

    [Fact]
    public async Task Body_ThatIsNestedDeeply_IsRefused() =>
        (await letters.PostAsync(Completions, $"{{\"user\": {new string('[', 90_000)}")).ExpectError(400);

    [Fact]
    public async Task Body_ThatIsNotUtf8_IsRefusedWithItsPlace()
    {
        byte[] body = [.. "{\"prompt\": \"é"u8, 0xFF, .. "\"}"u8];
        Assert.Equal("The body is not valid UTF-8: see byte 15.", (await letters.PostAsync(Completions, body)).ExpectError(400));
    }

    [Theory]
    [InlineData("model", "1", "model is 1. It must be a text.")]
    [InlineData("prompt", "1", null)]
    [InlineData("prompt", "{}", null)]
    [InlineData("prompt", "[]", null)]
    [InlineData("prompt", "[null]", null)]
    [InlineData("prompt", "[\"a\", 1]", null)]
    [InlineData("prompt", "\"a\\ud800b\"", "prompt contains half a surrogate pair, which is not a character. Send both halves.")]
    [InlineData("max_tokens", "-1", "max_tokens is -1. It must be an integer from 0 to 5000.")]
    [InlineData("max_tokens", "1000000000", "max_tokens is 1000000000. It must be an integer from 0 to 5000.")]
    [InlineData("max_tokens", "1e9", "max_tokens is 1e9. It must be an integer from 0 to 5000.")]
    [InlineData("max_tokens", "1.5", "max_tokens is 1.5. It must be an integer from 0 to 5000.")]
    [InlineData("max_tokens", "\"16\"", "max_tokens is \"16\". It must be an integer from 0 to 5000.")]
    [InlineData("temperature", "-1", "temperature is -1. It must be 0 or more.")]
    [InlineData("temperature", "\"NaN\"", "temperature is \"NaN\". It must be a number.")]
    [InlineData("temperature", "1e999", "temperature is 1e999. It must be a number.")]
    [InlineData("temperature", "true", "temperature is true. It must be a number.")]
    [InlineData("top_p", "1.1", "top_p is 1.1. It must be a number from 0 to 1.")]
    [InlineData("top_p", "-0.1", "top_p is -0.1. It must be a number from 0 to 1.")]
    [InlineData("top_k", "1.5", null)]
    [InlineData("top_k", "1e10", null)]
    [InlineData("min_p", "2", null)]
    [InlineData("typical_p", "0", "typical_p is 0. It must be greater than 0 and at most 1.")]
    [InlineData("frequency_penalty", "2.1", "frequency_penalty is 2.1. It must be a number from -2 to 2.")]
    [InlineData("presence_penalty", "-3", "presence_penalty is -3. It must be a number from -2 to 2.")]
    [InlineData("repeat_penalty", "0.5", "repeat_penalty is 0.5. It must be 1 to 10000.")]
    [InlineData("repeat_last_n", "-2", "repeat_last_n is -2. It must be an integer from -1 to 1000000.")]
    [InlineData("repeat_last_n", "1000001", "repeat_last_n is 1000001. It must be an integer from -1 to 1000000.")]
    [InlineData("logit_bias", "[]", "logit_bias is a list. It must be an object.")]
    [InlineData("logit_bias", "{\"a\": 1}", "A name in logit_bias is not a token id: an integer from 0.")]
    [InlineData("logit_bias", "{\"-1\": 1}", "A name in logit_bias is not a token id: an integer from 0.")]
    [InlineData("logit_bias", "{\"38\": 1}", "logit_bias names token 38, but the ids of the model are 0 to 37.")]
    [InlineData("seed", "1.5", null)]
    [InlineData("seed", "18446744073709551616", null)]
    [InlineData("seed", "18446744073709551615.5", null)]
    [InlineData("seed", "-9223372036854775809", null)]
    [InlineData("seed", "1e99", null)]
    [InlineData("seed", "\"1\"", null)]
    [InlineData("stop", "[1]", "stop[0] is 1. It must be a text.")]
    [InlineData("stop", "1", "stop is 1. It must be a text or a list of at most 16 texts.")]
    [InlineData("stop", "\"\"", "stop contains an empty text. Remove it.")]
    [InlineData("n", "0", "n is 0. It must be an integer from 1 to 128.")]
    [InlineData("n", "129", "n is 129. It must be an integer from 1 to 128.")]
    [InlineData("best_of", "129", "best_of is 129. It must be an integer from 1 to 128.")]
    [InlineData("best_of", "0", "best_of is 0. It must be an integer from 1 to 128.")]
    [InlineData("stream", "1", "stream is 1. It must be true or false.")]
    [InlineData("stream_options", "{}", "stream_options needs stream. Set stream to true, or remove stream_options.")]
    [InlineData("stream_options", "{\"include_usage\": 1}", "stream_options.include_usage is 1. It must be true or false.")]
    [InlineData("logprobs", "-1", null)]
    [InlineData("logprobs", "true", null)]
    [InlineData("logprobs", "39", "logprobs is 39, but the model has only 38 tokens.")]
    [InlineData("echo", "\"yes\"", "echo is \"yes\". It must be true or false.")]
    public async Task Field_ThatIsWrong_IsRefusedAndNamed(string field, string value, string? message)
    {
        string actual = (await letters.PostAsync(Completions, $$"""{"{{field}}": {{value}}}""")).ExpectError(400, field);
        if (message is not null) Assert.Equal(message, actual);
        else Assert.StartsWith(field, actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("suffix", "\"x\"")]
    [InlineData("grammar", "\"root ::= x\"")]
    [InlineData("json_schema", "{}")]
    [InlineData("response_format", "{\"type\": \"json_object\"}")]
    [InlineData("tools", "[]")]
    public async Task Field_ThatIsNotSupported_IsRefused(string field, string value)
    {
        foreach ((string path, string prompt) in new[] { (Completions, "\"prompt\": \"\""), (Chat, "\"messages\": [{\"content\": \"\"}]") })
        {
            (await letters.PostAsync(path, $$"""{ {{prompt}}, "{{field}}": {{value}}}""")).ExpectError(400, field, "unsupported_field");
            (await letters.PostAsync(path, $$"""{ {{prompt}}, "{{field}}": null}""")).Expect(200);
        }
    }

    [Theory]
    [InlineData("{\"prompt\": [9, 38]}", "prompt", "prompt[1] is 38, but the token ids of the model are 0 to 37.")]
    [InlineData("{\"prompt\": [[1], [2, -1]]}", "prompt", "prompt[1][1] is -1. It must be a token id: an integer from 0.")]
    [InlineData("{\"prompt\": [1, \"a\"]}", "prompt", "prompt[1] is \"a\". It must be a token id: an integer from 0.")]
    [InlineData("{\"prompt\": [1, 1.5]}", "prompt", "prompt[1] is 1.5. It must be a token id: an integer from 0.")]
    [InlineData("{\"seed\": 1, \"n\": 2, \"seed\": 1}", "seed", "seed occurs twice. Send it once.")]
    [InlineData("{\"seed\": null, \"seed\": null}", "seed", "seed occurs twice. Send it once.")]
    [InlineData("{\"logit_bias\": {\"1\": 1, \"1\": 1}}", "logit_bias", "logit_bias.1 occurs twice. Send it once.")]
    [InlineData("{\"n\": 3, \"best_of\": 2}", "best_of", "best_of is 2, but n is 3. best_of must be at least n.")]
    [InlineData(
        "{\"n\": 2, \"best_of\": 3, \"stream\": true}", "best_of",
        "best_of must be n if stream is true: which texts are best is known at the end.")]
    [InlineData(
        "{\"prompt\": [\"a\", \"b\", \"c\"], \"n\": 128}", "prompt",
        "The request asks for 384 texts, but at most 300 fit into the queue. Send several requests.")]
    [InlineData(
        "{\"\\ud800\": 1}", null, "The name of a field contains half a surrogate pair, which is not a character. Send both halves.")]
    [InlineData(
        "{\"logprobs\": 20, \"n\": 100, \"max_tokens\": 1000}", "logprobs",
        "The answer could have 2,100,000 log-probabilities, but at most 1,000,000 are allowed. " +
        "Ask for fewer of them, or for fewer tokens or texts.")]
    public async Task Fields_ThatDoNotFit_AreRefusedWithTheirPlace(string body, string? parameter, string message) =>
        Assert.Equal(message, (await letters.PostAsync(Completions, body)).ExpectError(400, parameter));

    [Fact]
    public async Task Stop_WithAThousandTexts_IsRefused()
    {
        string stops = string.Join(", ", Enumerable.Repeat("\"a\"", 1000));
        (await letters.PostAsync(Completions, $$"""{"stop": [{{stops}}]}""")).ExpectError(400, "stop");
        (await letters.PostAsync(Completions, $$"""{"stop": [{{string.Join(", ", Enumerable.Repeat("\"a\"", 16))}}]}""")).Expect(200);
    }

    [Fact]
    public async Task Stop_WithAnUnknownCharacter_IsRefused() => Assert.StartsWith(
        "The stop sequence 'Ω' cannot occur, because the model does not know ",
        (await letters.PostAsync(Completions, """{"stop": ["a", "Ω"]}""")).ExpectError(400, "stop"),
        StringComparison.Ordinal);

    [Fact]
    public async Task Stop_WithTheNameOfAnOption_IsShownAsItIs() => Assert.StartsWith(
        "The stop sequence 'Temperature' cannot occur, because the model does not know ",
        (await letters.PostAsync(Completions, """{"stop": "Temperature"}""")).ExpectError(400, "stop"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("a")]
    [InlineData("😀")]
    public async Task Stop_OfMoreThanAThousandCharacters_IsRefused(string character)
    {
        string stop = string.Concat(Enumerable.Repeat(character, 1000));
        (await letters.PostAsync(Completions, $$"""{"stop": ["a", "{{stop}}"]}""")).Expect(200);
        Assert.Equal(
            "stop[1] has 1001 characters, but at most 1000 are allowed.",
            (await letters.PostAsync(Completions, $$"""{"stop": ["a", "{{stop}}a"]}""")).ExpectError(400, "stop"));
        Assert.Equal(
            "stop has 1001 characters, but at most 1000 are allowed.",
            (await letters.PostAsync(Completions, $$"""{"stop": "{{stop}}a"}""")).ExpectError(400, "stop"));
    }

    [Fact]
    public async Task Prompts_MoreThanTheQueue_AreRefused()
    {
        string prompts = string.Join(", ", Enumerable.Repeat("\"\"", 301));
        Assert.Equal(
            "prompt has 301 prompts, but at most 300 are allowed.",
            (await letters.PostAsync(Completions, $$"""{"prompt": [{{prompts}}]}""")).ExpectError(400, "prompt"));
    }

    [Theory]
    [InlineData("\"the Ω\"", "prompt")]
    [InlineData("[\"the\", \"the Ω\"]", "prompt[1]")]
    public async Task Prompt_WithAnUnknownCharacter_IsRefusedWithItsPosition(string prompt, string place)
    {
        string message =
            (await letters.PostAsync(Completions, $$"""{"prompt": {{prompt}}}""")).ExpectError(400, "prompt", "unknown_character");
        Assert.StartsWith($"{place}: The model does not know ", message, StringComparison.Ordinal);
        Assert.Contains("character 5 of the text", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "messages", "messages is missing. Send a list with at least one message.")]
    [InlineData("{\"messages\": null}", "messages", "messages is missing. Send a list with at least one message.")]
    [InlineData("{\"messages\": []}", "messages", "messages is a list. It must be a list with at least one message.")]
    [InlineData("{\"messages\": \"a\"}", "messages", "messages is \"a\". It must be a list with at least one message.")]
    [InlineData("{\"messages\": [1]}", "messages", "messages[0] is 1. It must be an object.")]
    [InlineData("{\"messages\": [{\"content\": 1}]}", "messages", "messages[0].content is 1. It must be a text, or a list of parts.")]
    [InlineData(
        "{\"messages\": [{}, {\"content\": [{\"type\": \"image_url\"}]}]}", "messages",
        "messages[1].content[0] is not a text. The models read only parts of the type \"text\", with a field \"text\".")]
    [InlineData(
        "{\"messages\": [{\"content\": \"a\"}], \"top_logprobs\": 2}", "top_logprobs",
        "top_logprobs needs logprobs. Set logprobs to true, or remove top_logprobs.")]
    [InlineData(
        "{\"messages\": [{\"content\": \"a\"}], \"logprobs\": true, \"top_logprobs\": 39}", "top_logprobs",
        "top_logprobs is 39, but the model has only 38 tokens.")]
    [InlineData("{\"messages\": [{\"content\": \"a\"}], \"logprobs\": 2}", "logprobs", "logprobs is 2. It must be true or false.")]
    [InlineData(
        "{\"messages\": [{\"content\": \"a\"}], \"max_tokens\": 2, \"max_completion_tokens\": 3}", "max_completion_tokens",
        "max_tokens and max_completion_tokens have different values. Send one of them.")]
    public async Task Chat_ThatIsWrong_IsRefusedAndNamed(string body, string parameter, string message) =>
        Assert.Equal(message, (await letters.PostAsync(Chat, body)).ExpectError(400, parameter));

    [Fact]
    public async Task Chat_WithAnUnknownCharacter_IsRefusedWithItsPlace() => Assert.StartsWith(
        "messages[1].content: The model does not know ",
        (await letters.PostAsync(Chat, """{"messages": [{"content": "a"}, {"content": "Ω"}]}"""))
            .ExpectError(400, "messages", "unknown_character"),
        StringComparison.Ordinal);

    [Theory]
    [InlineData("other")]
    [InlineData("../letters")]
    [InlineData("/etc/passwd")]
    [InlineData("letters.safetensors")]
    [InlineData("")]
    public async Task Model_ThatIsUnknown_IsNotFound(string name)
    {
        (await letters.PostAsync(Completions, $$"""{"model": "{{name}}"}""")).ExpectError(404, "model", "model_not_found");
        (await letters.PostAsync(Chat, $$"""{"model": "{{name}}", "messages": [{}]}""")).ExpectError(404, "model", "model_not_found");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task ContentType_OfAnythingButJson_IsRefused(string? contentType) =>
        (await letters.PostAsync(Completions, "{}"u8.ToArray(), contentType)).ExpectError(415);

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json; charset=\"UTF-8\"")]
    [InlineData("Application/JSON")]
    public async Task ContentType_OfJson_IsAccepted(string contentType) =>
        (await letters.PostAsync(Completions, "{}"u8.ToArray(), contentType)).Expect(200);

    [Fact]
    public async Task Body_ThatIsCompressed_IsRefused()
    {
        using HttpRequestMessage request = new(HttpMethod.Post, Completions)
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        request.Content.Headers.ContentEncoding.Add("gzip");
        (await letters.SendAsync(request)).ExpectError(415);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_ThatIsTooLarge_IsRefused(bool hasLength)
    {
        byte[] body = Encoding.UTF8.GetBytes($$"""{"prompt": "{{new string('a', 10_000_000)}}"}""");
        using HttpRequestMessage request = new(HttpMethod.Post, Completions) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TransferEncodingChunked = !hasLength;
        (await letters.SendAsync(request)).ExpectError(413);
    }

    [Theory]
    [InlineData("GET", "v1/completions", "POST")]
    [InlineData("PUT", "v1/chat/completions", "POST")]
    [InlineData("DELETE", "v1/models", "GET")]
    [InlineData("PATCH", "v1/models/letters", "GET")]
    public async Task Method_ThatIsNotThatOfTheEndpoint_IsRefused(string method, string path, string allowed)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = await letters.Client.SendAsync(request, Cancel);
        Assert.Equal([allowed], response.Content.Headers.Allow);
        using HttpRequestMessage again = new(new HttpMethod(method), path);
        (await letters.SendAsync(again)).ExpectError(405);
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("v1/embeddings")]
    [InlineData("v1/models/a/b")]
    public async Task Path_ThatIsUnknown_IsNotFound(string path)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, path);
        (await letters.SendAsync(request)).ExpectError(404);
    }

    [Fact]
    public async Task Body_ThatIsHalfSent_LeavesTheServerRunning()
    {
        foreach (string sent in new[] { "", "{\"prompt\": ", "{\"prompt\": \"a\"}" })
        {
            using TcpClient client = new();
            await client.ConnectAsync(letters.Server.Address.Host, letters.Server.Address.Port, Cancel);
            string head = "POST /v1/completions HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n";
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head + sent), Cancel);
            client.Client.Shutdown(SocketShutdown.Send);
            // The answer is an error, or the connection ends.
            byte[] answer = new byte[1000];
            int length = 0;
            try
            {
                length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, Cancel);
            }
            catch (IOException)
            {
                // The server has reset the connection.
            }

            Assert.DoesNotContain("200 OK", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        }

        await letters.CompleteAsync("""{"prompt": "a"}""");
    }
}
