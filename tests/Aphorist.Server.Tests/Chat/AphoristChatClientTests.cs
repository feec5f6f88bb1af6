using System.Text.Json;
using Aphorist.Server.Tests.Models;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Server.Tests.Chat;

public sealed class AphoristChatClientTests : IDisposable
{
    private readonly LanguageModel model = ModelFolder.Create(seed: 1);
    private readonly AphoristChatClient client;

    public AphoristChatClientTests() => client = new AphoristChatClient(model, "tiny");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => client.Dispose();

    [Fact]
    public async Task GetResponseAsync_AllOptions_GivesTheTextOfTheLibrary()
    {
        ChatOptions chat = new()
        {
            MaxOutputTokens = 60,
            Temperature = 0.7f,
            TopP = 0.9f,
            TopK = 20,
            FrequencyPenalty = 0.3f,
            PresencePenalty = -0.1f,
            Seed = 5,
            AdditionalProperties = new()
            {
                ["min_p"] = 0.01,
                ["typical_p"] = 0.95f,
                ["repeat_penalty"] = JsonSerializer.SerializeToElement(1.1),
                ["repeat_last_n"] = 32,
                ["other"] = "ignored",
            },
        };
        GenerationOptions options = new()
        {
            MaxTokens = 60,
            Temperature = 0.7,
            TopP = 0.9,
            TopK = 20,
            FrequencyPenalty = 0.3,
            PresencePenalty = -0.1,
            Seed = 5,
            MinP = 0.01,
            TypicalP = 0.95,
            RepetitionPenalty = 1.1,
            PenaltyWindow = 32,
        };
        ChatResponse response = await client.GetResponseAsync(" a prompt", chat, Cancellation);
        Assert.Equal(new TextGenerator(model).Generate(" a prompt", options, Cancellation), response.Text);
        ChatMessage message = Assert.Single(response.Messages);
        Assert.Equal(ChatRole.Assistant, message.Role);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal("tiny", response.ModelId);
        Assert.Equal((9, 60, 69), (
            response.Usage!.InputTokenCount!.Value, response.Usage.OutputTokenCount!.Value, response.Usage.TotalTokenCount!.Value));
        Assert.NotNull(response.CreatedAt);
    }

    [Fact]
    public async Task GetResponseAsync_SeveralMessages_ContinuesTheLastOneAsItIs()
    {
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Ignored, EVEN unknown characters."), new(ChatRole.User, "first"),
            new(ChatRole.User, [new TextContent("se"), new TextContent("cond\n")]),
        ];
        ChatOptions chat = new() { Seed = 2, MaxOutputTokens = 20, Instructions = "Ignored, too." };
        ChatResponse response = await client.GetResponseAsync(messages, chat, Cancellation);
        Assert.Equal(new TextGenerator(model).Generate("second\n", new() { Seed = 2, MaxTokens = 20 }, Cancellation), response.Text);
    }

    [Fact]
    public async Task GetResponseAsync_StopSequences_EndsBeforeIt()
    {
        string text = new TextGenerator(model).Generate("", new() { Seed = 3, MaxTokens = 400 }, Cancellation);
        string stop = text[10..12];
        ChatResponse response = await client.GetResponseAsync("", new() { Seed = 3, StopSequences = [stop] }, Cancellation);
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_OfALongText_HasThePiecesOfTheResponse()
    {
        ChatOptions chat = new() { Seed = 4, MaxOutputTokens = 500 };
        List<ChatResponseUpdate> updates = [];
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("a", chat, Cancellation)) updates.Add(update);
        Assert.Equal((await client.GetResponseAsync("a", chat, Cancellation)).Text, string.Concat(updates.Select(update => update.Text)));
        Assert.All(updates, update => Assert.Equal((ChatRole.Assistant, "tiny"), (update.Role!.Value, update.ModelId)));
        Assert.Single(updates.Select(update => update.ResponseId).Distinct());
        Assert.Single(updates, update => update.FinishReason is not null);
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        Assert.Equal(501, updates[^1].Contents.OfType<UsageContent>().Single().Details.TotalTokenCount);
    }

    [Fact]
    public async Task GetStreamingResponseAsync_Cancelled_Stops()
    {
        using CancellationTokenSource leaving = new();
        ChatOptions endless = new() { RawRepresentationFactory = _ => new GenerationOptions { MaxTokens = null } };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ChatResponseUpdate _ in client.GetStreamingResponseAsync("a", endless, leaving.Token))
                await leaving.CancelAsync();
        });
    }

    [Fact]
    public async Task GetResponseAsync_WithoutALimit_IsRefused()
    {
        ChatOptions endless = new() { RawRepresentationFactory = _ => new GenerationOptions { MaxTokens = null } };
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        end.CancelAfter(TimeSpan.FromSeconds(30));
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => client.GetResponseAsync("a", endless, end.Token));
        Assert.Equal(nameof(GenerationOptions.MaxTokens), error.PropertyName);
        endless.MaxOutputTokens = 5;
        Assert.Equal(5, (await client.GetResponseAsync("a", endless, Cancellation)).Text.Length);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(29)]
    [InlineData(int.MaxValue)]
    public async Task GetResponseAsync_TopKOfAllTokensOrMore_KeepsAll(int topK)
    {
        Assert.Equal(28, model.Tokenizer.VocabularySize);
        ChatResponse response = await client.GetResponseAsync("a", new() { TopK = topK, Seed = 1, MaxOutputTokens = 50 }, Cancellation);
        Assert.Equal(new TextGenerator(model).Generate("a", new() { Seed = 1, MaxTokens = 50 }, Cancellation), response.Text);
    }

    [Fact]
    public async Task GetResponseAsync_OptionsOfTheLibrary_AreTheBase()
    {
        ChatOptions chat = new()
        {
            Seed = 6,
            RawRepresentationFactory = _ => new GenerationOptions { Seed = 1, MaxTokens = 30, BannedTokens = ["a", "e"] },
        };
        ChatResponse response = await client.GetResponseAsync("b", chat, Cancellation);
        GenerationOptions options = new() { Seed = 6, MaxTokens = 30, BannedTokens = ["a", "e"] };
        Assert.Equal(new TextGenerator(model).Generate("b", options, Cancellation), response.Text);
    }

    [Fact]
    public async Task GetResponseAsync_WhatTheModelsCannotDo_IsRefused()
    {
        await RefusedAsync(new() { Tools = [AIFunctionFactory.Create(() => 1)] });
        await RefusedAsync(new() { ResponseFormat = ChatResponseFormat.Json });
        await RefusedAsync(new() { ConversationId = "1" });
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync(
            [new ChatMessage(ChatRole.User, [new DataContent("data:image/png;base64,AAAA")])], null, Cancellation));
        ChatOptions text = new() { ResponseFormat = ChatResponseFormat.Text, MaxOutputTokens = 1 };
        Assert.Equal(1, (await client.GetResponseAsync("a", text, Cancellation)).Text.Length);

        async Task RefusedAsync(ChatOptions options) =>
            await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync("a", options, Cancellation));
    }

    [Fact]
    public async Task GetResponseAsync_BadInput_HasAPreciseError()
    {
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([], null, Cancellation));
        await Assert.ThrowsAsync<UnknownCharacterException>(() => client.GetResponseAsync("A", null, Cancellation));
        InvalidOptionsException range = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => client.GetResponseAsync("a", new() { TopP = 2 }, Cancellation));
        Assert.Equal("TopP", range.PropertyName);
        ChatOptions text = new() { AdditionalProperties = new() { ["min_p"] = "much" } };
        ArgumentException notANumber = await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("a", text, Cancellation));
        Assert.Contains("min_p", notANumber.Message, StringComparison.Ordinal);
        ChatOptions half = new() { AdditionalProperties = new() { ["repeat_last_n"] = 1.5 } };
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync("a", half, Cancellation));
    }

    [Fact]
    public async Task GetService_OfTheClient_HasMetadataAndScheduler()
    {
        ChatClientMetadata metadata = client.GetRequiredService<ChatClientMetadata>();
        Assert.Equal(("aphorist", "tiny"), (metadata.ProviderName, metadata.DefaultModelId));
        Assert.Same(client, client.GetService<AphoristChatClient>());
        Assert.Same(client, client.GetService<IChatClient>());
        Assert.Null(client.GetService<string>());
        Assert.Null(client.GetService(typeof(ChatClientMetadata), "key"));
        await using GenerationScheduler scheduler = new(model);
        using AphoristChatClient another = new(scheduler);
        Assert.Same(scheduler, another.GetService<GenerationScheduler>());
        another.Dispose();
        Assert.Equal(3, (await scheduler.GenerateAsync("a", new() { MaxTokens = 3 }, Cancellation)).Length);
    }

    [Fact]
    public async Task AddAphoristChatClient_OfAModelOfTheServer_UsesIt()
    {
        using ModelFolder folder = new();
        folder.Save("a.safetensors", seed: 8);
        ServiceCollection services = new();
        services.AddAphorist(options => options.Models = [folder.Path]).AddAphoristChatClient("a").AddAphoristChatClient("b");
        await using ServiceProvider provider = services.BuildServiceProvider();
        IChatClient chat = provider.GetRequiredKeyedService<IChatClient>("a");
        ChatResponse response = await chat.GetResponseAsync("x", new() { Seed = 1, MaxOutputTokens = 10 }, Cancellation);
        Assert.Equal(
            new TextGenerator(ModelFolder.Create(seed: 8)).Generate("x", new() { Seed = 1, MaxTokens = 10 }, Cancellation), response.Text);
        Assert.Equal("a", response.ModelId);
        InvalidOperationException error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => provider.GetRequiredKeyedService<IChatClient>("b").GetResponseAsync("x", null, Cancellation));
        Assert.Contains("no model 'b'", error.Message, StringComparison.Ordinal);
    }
}
