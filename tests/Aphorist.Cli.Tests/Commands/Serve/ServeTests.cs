using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Aphorist.Cli.Tests.Commands.Serve;

/// <summary>The server as a process, and calls that cannot start one.</summary>
public sealed class ServeTests(TrainedModel model) : IDisposable
{
    private const string Key = "right-key-0123456789";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_Started_PrintsItsAddressAndAnswersUntilItIsInterrupted()
    {
        Signal.SkipUnlessHeard("INT");
        using AphoristProcess server = Start([], "serve", model.File, "--port", "0");
        using HttpClient client = ClientOf(server);
        string models = await client.GetStringAsync(new Uri("v1/models", UriKind.Relative), Cancel);
        Assert.Contains("\"model\"", models, StringComparison.Ordinal);
        string generated = AphoristApp
            .Run("generate", model.File, "--prompt", "the secret", "--length", "20", "--seed", "1", "--temperature", "1")
            .Expect(0).Output;
        Assert.Equal(generated.TrimEnd('\n'), $"the secret{await CompleteAsync(client, 1)}".TrimEnd('\n'));
        server.Interrupt();
        CommandResult result = server.Wait().Expect(0);

        Assert.Matches(@"^Listening on http://127\.0\.0\.1:[1-9][0-9]*\n$", result.Output);
        // On a slow machine, the stop is acknowledged.
        Assert.Matches(@"^(Interrupted: stopping .*\n)?$", result.Error);
    }

    [Fact]
    public async Task Serve_Terminated_FinishesTheRunningStream()
    {
        Signal.SkipUnlessHeard("TERM");
        using AphoristProcess server = Start([], "serve", model.File, "--port", "0", "--json", "--max-tokens", "30000");
        // A client that does not read: with log-probabilities, its text is larger
        // than all buffers and cannot be complete before the signal.
        using Socket client = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await client.ConnectAsync(IPAddress.Loopback, AddressOf(server).Port, Cancel);
        const string Body = """{"prompt":"the ","max_tokens":30000,"stream":true,"seed":1,"logprobs":10}""";
        await client.SendAsync(
            Encoding.ASCII.GetBytes(
                $"POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
                $"Content-Length: {Body.Length}\r\nConnection: close\r\n\r\n{Body}"),
            Cancel);
        byte[] first = new byte[1];
        Assert.Equal(1, await client.ReceiveAsync(first, Cancel));
        using HttpClient other = ClientOf(server);
        Assert.Equal(1, await CountTextsAsync(other));
        server.Terminate();
        server.WaitUntil(() => server.ErrorSoFar.Contains("stopping", StringComparison.Ordinal));
        await using NetworkStream stream = new(client);
        using StreamReader reader = new(stream);
        string answer = await reader.ReadToEndAsync(Cancel);

        Assert.Contains("data: [DONE]", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("\"error\"", answer, StringComparison.Ordinal);
        JsonElement line = server.Wait().Expect(0).Json();
        Assert.StartsWith("http://127.0.0.1:", line.GetProperty("url").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_TerminatedDuringALongText_EndsTheTextWithAnError()
    {
        Signal.SkipUnlessHeard("TERM");
        using AphoristProcess server = Start([], "serve", model.File, "--port", "0", "--max-tokens", "100000000");
        using HttpClient client = ClientOf(server);
        using HttpResponseMessage answer = await StartLongTextAsync(client);
        server.Terminate();
        string text = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("\"code\":\"server_stopping\"", text[^500..], StringComparison.Ordinal);
        server.Wait().Expect(0);
    }

    [Fact]
    public async Task Serve_InterruptedTwice_EndsAtOnce()
    {
        Signal.SkipUnlessHeard("INT");
        using AphoristProcess server = Start([], "serve", model.File, "--port", "0", "--max-tokens", "100000000");
        using HttpClient client = ClientOf(server);
        using HttpResponseMessage answer = await StartLongTextAsync(client);
        server.Interrupt();
        server.WaitUntil(() => server.ErrorSoFar.Contains("stopping", StringComparison.Ordinal));
        server.Interrupt();

        server.Wait().Expect(130);
    }

    [Fact]
    public async Task Serve_WithKeys_LogsRequestsWithoutKeysAndPrompts()
    {
        Signal.SkipUnlessHeard("INT");
        string keys = folder.Write("keys.txt", Key);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keys, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        using AphoristProcess server = Start(
            [], "serve", model.File, "--address", "0.0.0.0", "--port", "0", "--api-key-file", keys, "--log", "requests");
        using HttpClient client = ClientOf(server, "127.0.0.1");
        using HttpResponseMessage refused = await client.GetAsync(new Uri("v1/models?key=secret", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await CompleteAsync(client, 1);
        server.WaitUntil(() => server.ErrorSoFar.Contains("/v1/completions", StringComparison.Ordinal));
        server.Interrupt();
        IEnumerable<string> log = server.Wait().Expect(0).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("Interrupted: stopping", StringComparison.Ordinal));

        const string Time = @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z";
        const string Advice = "Make it private: chmod 600$";
        Assert.Collection(
            log,
            line => Assert.Matches($"{Time} warning Other users of this machine can read the key file '.*'. {Advice}", line),
            line => Assert.Matches($"{Time} info GET /v1/models 401 [0-9]+ ms 127.0.0.1$", line),
            line => Assert.Matches($"{Time} info Loaded the model 'model'", line),
            line => Assert.Matches($"{Time} info POST /v1/completions 200 [0-9]+ ms 127.0.0.1$", line));
    }

    [Fact]
    public void Serve_WithoutModel_ServesTheRunsOfTheCurrentFolder()
    {
        File.Copy(model.File, folder.Write("runs/mine/model.safetensors", ""), overwrite: true);
        using AphoristProcess server = Start([], "serve", "--port", "0");

        Assert.Equal("127.0.0.1", AddressOf(server).Host);
    }

    [Theory]
    [InlineData("127.0.0.2", null, null)]
    [InlineData("127.0.0.3", "127.0.0.3", null)]
    [InlineData("127.0.0.4", "127.0.0.3", "127.0.0.4")]
    public void Setting_OfFileVariableAndCall_IsThatOfTheCallThenTheVariableThenTheFile(string expected, string? variable, string? option)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Other systems have one loopback address.");
        folder.Write("appsettings.json", JsonSerializer.Serialize(new
        {
            Aphorist = new { Address = "127.0.0.2", Port = 0, Models = new[] { model.File }, RequestTimeout = "00:10:00" },
        }));
        using AphoristProcess server = Start(
            variable is null ? [] : [("APHORIST__ADDRESS", variable)],
            option is null ? ["serve"] : ["serve", "--address", option]);

        Assert.Equal(expected, AddressOf(server).Host);
        server.WaitUntil(() => server.ErrorSoFar.Contains("Settings are read from ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"Aphorist":{"MaxToken":1}}""", 2, "Aphorist:MaxToken", "'MaxTokens'")]
    [InlineData("""{"Aphorist":{"MaxTokens":"x"}}""", 2, "Aphorist:MaxTokens", "appsettings.json", "--max-tokens takes")]
    [InlineData("""{"Aphorist":{"MaxTokens":""}}""", 2, "Aphorist:MaxTokens", "empty")]
    [InlineData("""{"Aphorist":{"MaxTokens":[1,2]}}""", 2, "Aphorist:MaxTokens", "one value")]
    [InlineData("""{"Aphorist":{"AllowedHosts":{"a":"b"}}}""", 2, "Aphorist:AllowedHosts", "a list")]
    [InlineData("""{"Aphorist":{"AllowedHosts":[["a"]]}}""", 2, "Aphorist:AllowedHosts", "a list")]
    [InlineData("""{"Aphorist":{"AllowedHosts":["http://x"]}}""", 2, "The setting Aphorist:AllowedHosts", "appsettings.json", "'http://x'")]
    [InlineData("""{"Aphorist":{"CorsOrigins":["x"]}}""", 2, "The setting Aphorist:CorsOrigins", "appsettings.json", "'x'")]
    [InlineData("""{"Aphorist":{"TrustedProxies":["8080"]}}""", 2, "The setting Aphorist:TrustedProxies", "appsettings.json", "'8080'")]
    [InlineData("""{"Aphorist":{"Address":"0.0.0.0"}}""", 2, "0.0.0.0", "--api-key-file")]
    [InlineData("""{"Aphorist":""", 1, "appsettings.json", "not valid JSON")]
    public void Setting_ThatIsWrong_IsReported(string file, int exitCode, params string[] parts)
    {
        folder.Write("appsettings.json", file);
        CommandResult result = AphoristProcess.Run(folder.Path, "serve", model.File, "--quiet");

        result.ExpectSentence(exitCode, parts);
    }

    [Theory]
    [InlineData("Aphorist__MaxQueue", "-1", "Aphorist__MaxQueue", "--queue takes")]
    [InlineData("aphorist__maxqueue", "x", "--queue takes")]
    [InlineData("Aphorist__Queue", "1", "Aphorist__Queue", "'MaxQueue'")]
    [InlineData("Aphorist__RequestTimeout", "48:00:00", "--timeout takes")]
    [InlineData("Aphorist__Port", "1\n2", "--port takes")]
    [InlineData("Aphorist__Address", "[::1]:9000", "Aphorist__Address", "--address takes")]
    [InlineData("Aphorist__AllowedHosts__0", "http://x", "Aphorist__AllowedHosts is wrong", "'http://x'")]
    [InlineData("aphorist__trustedproxies__0", "proxy", "is wrong", "'proxy'")]
    public void Variable_ThatIsWrong_IsReported(string name, string value, params string[] parts) =>
        AphoristApp.RunIn([(name, value)], "serve", model.File).ExpectSentence(2, parts);

    [Fact]
    public void Settings_OfTheCommand_AreTheOptionsOfTheServer()
    {
        string[] ofTheCommand = ["Address", "Port", "Log"];
        IEnumerable<string> options = typeof(Server.AphoristServerOptions).GetProperties().Select(property => property.Name);

        Assert.Equal(
            options.Concat(ofTheCommand).Order(StringComparer.Ordinal),
            Cli.Commands.Serve.ServeOptions.Settings.Select(setting => setting.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Serve_AtAPortInUse_SaysSo()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        string port = $"{((IPEndPoint)other.LocalEndpoint).Port}";

        AphoristApp.Run("serve", model.File, "--port", port).ExpectSentence(1, $"Port {port} of 127.0.0.1 is already in use", "--port");
    }

    [Theory]
    [InlineData(1, "'nowhere'", "nowhere")]
    [InlineData(1, "192.0.2.1 is not an address of this machine", "MODEL", "--address", "192.0.2.1", "--api-key-file", "KEYS")]
    [InlineData(2, "--api-key-file", "MODEL", "--address", "0.0.0.0")]
    [InlineData(2, "--api-key-file", "MODEL", "--address", "[::]")]
    [InlineData(2, "--address takes", "MODEL", "--address", "example.com")]
    [InlineData(2, "--address takes", "MODEL", "--address", "8080")]
    [InlineData(2, "--address takes", "MODEL", "--address", "[::1]:9000")]
    [InlineData(2, "--address takes", "MODEL", "--address", "127.0.0.1:9000")]
    [InlineData(2, "--port takes", "MODEL", "--port", "65536")]
    [InlineData(2, "--allow-host", "MODEL", "--allow-host", "http://example.com")]
    [InlineData(2, "--cors-origin", "MODEL", "--cors-origin", "https://example.com/")]
    [InlineData(2, "--trust-proxy", "MODEL", "--trust-proxy", "proxy")]
    [InlineData(2, "--trust-proxy", "MODEL", "--trust-proxy", "8080")]
    [InlineData(1, "keys", "MODEL", "--api-key-file", "no-such-keys")]
    [InlineData(1, "is not an API key", "MODEL", "--api-key-file", "MODEL")]
    public void Serve_ThatCannotStart_SaysWhy(int exitCode, string part, params string[] arguments)
    {
        string keys = folder.Write("keys.txt", Key);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(keys, UnixFileMode.UserRead);
        string[] words = [.. arguments.Select(word => word switch { "MODEL" => model.File, "KEYS" => keys, _ => word })];

        AphoristApp.Run(["serve", .. words]).ExpectSentence(exitCode, part);
    }

    [Fact]
    public void Serve_WithoutModelAndRuns_SaysWhatToDo() =>
        AphoristProcess.Run(folder.Path, "serve").ExpectSentence(1, "'runs'", "aphorist serve MODEL", "'aphorist train'");

    private AphoristProcess Start((string Name, string Value)[] variables, params string[] arguments) =>
        AphoristProcess.StartWith(folder.Path, variables, arguments);

    /// <summary>Waits for the line with the address.</summary>
    private static Uri AddressOf(AphoristProcess server)
    {
        server.WaitUntil(() => server.OutputSoFar.Contains('\n', StringComparison.Ordinal));
        return new Uri(Regex.Match(server.OutputSoFar, "http://[^\"\n]+").Value);
    }

    private static HttpClient ClientOf(AphoristProcess server, string? host = null)
    {
        Uri address = AddressOf(server);
        return new HttpClient { BaseAddress = host is null ? address : new UriBuilder(address) { Host = host }.Uri };
    }

    /// <summary>Starts a text that would run for minutes, and waits until it runs.</summary>
    private static async Task<HttpResponseMessage> StartLongTextAsync(HttpClient client)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent("""{"max_tokens":100000000,"stream":true}""", Encoding.UTF8, "application/json"),
        };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    /// <summary>The number of texts that are generated or wait for their readers.</summary>
    private static async Task<int> CountTextsAsync(HttpClient client)
    {
        string metrics = await client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancel);
        return Regex.Matches(metrics, @"^aphorist_(?:running|parked)_texts\{[^}]*\} (\d+)$", RegexOptions.Multiline)
            .Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
    }

    private static async Task<string> CompleteAsync(HttpClient client, int seed)
    {
        using StringContent body = new($$"""{"prompt":"the secret","max_tokens":20,"seed":{{seed}}}""", Encoding.UTF8, "application/json");
        body.Headers.ContentType = new("application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("v1/completions", UriKind.Relative), body, Cancel);
        string text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.IsSuccessStatusCode, text);
        using JsonDocument json = JsonDocument.Parse(text);
        return json.RootElement.GetProperty("choices")[0].GetProperty("text").GetString()!;
    }
}
