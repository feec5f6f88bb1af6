using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Aphorist.Server.Protocol;
using Xunit;

namespace Aphorist.Server.Tests.OpenAiClient;

/// <summary>Runs client.test.mjs, which drives servers with the npm package `openai`.</summary>
public sealed class OpenAiClientTests(TinyModel tiny)
{
    private const string Key = "secret-of-this-test";
    private const int Endless = 10_000_000, Queue = 64;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly string[] Prompts = ["the cat", "a 🦊 ", "café"];

    [Fact]
    public async Task OpenAiClient_OfNode_PassesItsTests()
    {
        string folder = Folder();
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(folder, "node_modules", "openai")),
            "The npm package openai is missing. Run `npm ci` in tests/Aphorist.Server.Tests/OpenAiClient.");
        await using RunningServer server = await StartAsync(_ => { });
        string keys = Path.Combine(Path.GetDirectoryName(tiny.File)!, "keys.txt");
        await File.WriteAllTextAsync(keys, Key + "\n", TestContext.Current.CancellationToken);
        await using RunningServer withKey = await StartAsync(options => options.ApiKeyFile = keys);
        await using RunningServer shortQueue = await StartAsync(options => (options.MaxQueue, options.MaxTokens) = (Queue, Endless));
        await using RunningServer impatient = await StartAsync(
            options => (options.RequestTimeout, options.MaxTokens) = (TimeSpan.FromSeconds(1), Endless));

        ProcessStartInfo start = new("node") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in new[] { "--test", "--test-reporter=spec", "--test-timeout=120000", "client.test.mjs" })
            start.ArgumentList.Add(argument);
        start.Environment["APHORIST_TEST"] = JsonSerializer.Serialize(
            new
            {
                address = server.Address,
                keyAddress = withKey.Address,
                key = Key,
                queueAddress = shortQueue.Address,
                timeoutAddress = impatient.Address,
                endless = Endless,
                texts = Queue + new SchedulerOptions().MaxRunningTexts,
                vocabularySize = tiny.Model.Tokenizer.VocabularySize,
                prompts = Prompts,
                promptIds = Prompts.Select(prompt => tiny.Model.Tokenizer.Encode(prompt)),
                emptyPromptText = new TextGenerator(tiny.Model).Generate(
                    "", new() { MaxTokens = 20, Seed = 3 }, TestContext.Current.CancellationToken),
                fields = new { completions = FieldsOf(RequestKinds.Completion), chat = FieldsOf(RequestKinds.Chat) },
                cases = CasesOfTheLibrary(),
                stop = StopSequence(),
                scores = Scores(),
            });
        (int exitCode, string output) = await RunAsync(start);
        Assert.True(exitCode == 0, output[Math.Max(0, output.IndexOf("failing tests", StringComparison.Ordinal))..]);

        // The client left texts without an end.
        await Eventually.IdleAsync(shortQueue);
    }

    private Task<RunningServer> StartAsync(Action<AphoristServerOptions> configure) => RunningServer.StartAsync(options =>
    {
        options.Models = [tiny.File];
        configure(options);
    });

    // The client must have sent each of them at the end.
    private static IEnumerable<string> FieldsOf(RequestKinds kind) =>
        RequestFields.All.Where(field => field.Kinds.HasFlag(kind)).Select(field => field.Name);

    private object[] CasesOfTheLibrary()
    {
        TextGenerator generator = new(tiny.Model);
        string[] texts = [.. SamplingCase.All.Select(sampling => generator.Generate("the cat", sampling.Options))];
        Assert.Equal(texts.Length, texts.Distinct().Count());
        return [.. SamplingCase.All.Zip(texts, (sampling, text) => new { name = sampling.Fields, fields = sampling.Request(), text })];
    }

    private object StopSequence()
    {
        string whole = new TextGenerator(tiny.Model).Generate("the cat", new() { MaxTokens = 60, Seed = 5 });
        string stop = whole.Substring(20, 3);
        return new
        {
            fields = new { prompt = "the cat", max_tokens = 60, seed = 5 },
            stop,
            text = whole[..whole.IndexOf(stop, StringComparison.Ordinal)],
        };
    }

    // The first token has no log-probability in the protocol.
    private object[] Scores()
    {
        string[] texts =
            ["the cat", "a red 🦊 in the sea", "the fox ran to the café.\n", string.Concat(Enumerable.Repeat("the cat saw ", 100))];
        TextGenerator generator = new(tiny.Model);
        return [.. texts.Select(text => new { text, logProbability = Sum(generator.Score(text).Tokens.Skip(1)) })];

        static double Sum(IEnumerable<ScoredToken> tokens) => tokens.Sum(token => token.LogProbability);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(ProcessStartInfo start)
    {
        using Process node = Start(start);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        Task<string> output = node.StandardOutput.ReadToEndAsync(CancellationToken.None);
        Task<string> errors = node.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await node.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            node.Kill(entireProcessTree: true);
            Assert.Fail($"The tests did not end in {Limit.TotalMinutes} minutes.\n{await output}{await errors}");
        }

        return (node.ExitCode, await output + await errors);
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js is missing. Install version 20 or newer.");
            throw;
        }
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
