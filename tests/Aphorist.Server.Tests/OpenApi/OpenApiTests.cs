using System.Text.Json.Nodes;
using Aphorist.Server.Protocol;
using Aphorist.Server.Tests.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Xunit;

namespace Aphorist.Server.Tests.OpenApi;

public sealed class OpenApiTests(ProtocolServers servers)
{
    private static readonly string[] Paths = ["/v1/completions", "/v1/chat/completions", "/v1/models", "/v1/models/{id}"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Document_OfTheServer_IsValid()
    {
        string text = await TextAsync();
        ReadResult read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.Equal(Paths, read.Document!.Paths.Keys);
        Assert.Equal("/", Assert.Single(read.Document.Servers!).Url);
        CheckReferences(JsonNode.Parse(text)!.AsObject());
    }

    [Theory]
    [InlineData("AphoristCompletionRequest", (int)RequestKinds.Completion)]
    [InlineData("AphoristChatRequest", (int)RequestKinds.Chat)]
    public async Task Document_OfARequest_HasTheFieldsThatAreRead(string name, int kind)
    {
        JsonObject document = JsonNode.Parse(await TextAsync())!.AsObject();
        JsonObject properties = document["components"]!["schemas"]![name]!["properties"]!.AsObject();
        RequestField[] fields = [.. RequestFields.All.Where(
            field => field.Kinds.HasFlag((RequestKinds)kind) && field.Read is not null && !field.IsRefused)];
        Assert.Equal(fields.Select(field => field.Name).Order(), properties.Select(property => property.Key).Order());
        foreach (RequestField field in fields)
        {
            JsonObject property = properties[field.Name]!.AsObject();
            Assert.Equal(field.Description, (string?)property["description"]);
            string? types = property["type"] is JsonArray several
                ? string.Join('|', several.Select(type => (string)type!))
                : (string?)property["type"];
            Assert.Equal(field.Type, types);
            Assert.Equal(field.Default, property["default"]?.ToJsonString());
        }
    }

    [Fact]
    public async Task Document_OfAnswers_DescribesWhatTheServerSends()
    {
        ProtocolServer server = servers.Letters;
        JsonSchema schema = new(JsonNode.Parse(await TextAsync())!.AsObject());
        schema.Check("AphoristCompletion", await server.CompleteAsync("""{"prompt":"a b","seed":1}"""));
        schema.Check("AphoristCompletion", await server.CompleteAsync(
            """{"prompt":["ab","c"],"n":2,"logprobs":3,"echo":true,"stop":"e"}"""));
        schema.Check("AphoristChatCompletion", await server.ChatAsync("""{"messages":[{"role":"user","content":"ab"}]}"""));
        schema.Check("AphoristChatCompletion", await server.ChatAsync(
            """{"messages":[{"content":"ab"}],"logprobs":true,"top_logprobs":2}"""));
        IReadOnlyList<JsonNode> frames = await server.StreamAsync(
            "v1/completions", """{"prompt":"ab","stream":true,"logprobs":1,"stream_options":{"include_usage":true}}""");
        Assert.All(frames, frame => schema.Check("AphoristCompletion", frame));
        IReadOnlyList<JsonNode> chunks = await server.StreamAsync(
            "v1/chat/completions",
            """{"messages":[{"content":"ab"}],"stream":true,"logprobs":true,"stream_options":{"include_usage":true}}""");
        Assert.All(chunks, chunk => schema.Check("AphoristChatChunk", chunk));
        schema.Check("AphoristError", (await server.PostAsync("v1/completions", """{"n":0}""")).Expect(400));
        schema.Check("AphoristError", (await server.PostAsync("v1/completions", """{"model":"x"}""")).Expect(404));
        schema.Check("AphoristModelList", await GetAsync("v1/models"));
        schema.Check("AphoristModel", await GetAsync("v1/models/letters"));

        async Task<JsonNode?> GetAsync(string path) =>
            JsonNode.Parse(await server.Client.GetStringAsync(new Uri(path, UriKind.Relative), Cancellation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/ai")]
    public async Task Document_OfAnApplication_HasTheEndpoints(string prefix)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAphorist(_ => { });
        builder.Services.AddOpenApi();
        await using WebApplication application = builder.Build();
        (prefix.Length == 0 ? application : (Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)application.MapGroup(prefix)).MapAphorist();
        application.MapGet("/mine", () => "text");
        application.MapOpenApi();
        await application.StartAsync(Cancellation);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };

        string text = await client.GetStringAsync(new Uri("openapi/v1.json", UriKind.Relative), Cancellation);
        ReadResult read = OpenApiDocument.Parse(text, "json");
        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Equal([.. Paths.Select(path => prefix + path), "/mine"], read.Document!.Paths.Keys);
        OpenApiOperation chat = read.Document.Paths[$"{prefix}/v1/chat/completions"].Operations![HttpMethod.Post];
        Assert.Equal("createChatCompletion", chat.OperationId);
        Assert.Equal(["Aphorist"], chat.Tags!.Select(tag => tag.Name));
        JsonObject document = JsonNode.Parse(text)!.AsObject();
        CheckReferences(document);
        Assert.NotNull(document["components"]!["schemas"]!["AphoristChatRequest"]!["properties"]!["min_p"]);

        if (prefix.Length == 0) return;
        JsonNode own = JsonNode.Parse(await client.GetStringAsync(new Uri($"{prefix}/openapi/v1.json", UriKind.Relative), Cancellation))!;
        Assert.Equal(prefix, (string?)own["servers"]![0]!["url"]);
    }

    private async Task<string> TextAsync()
    {
        Uri page = new("openapi/v1.json", UriKind.Relative);
        using HttpResponseMessage answer = await servers.Letters.Client.GetAsync(page, Cancellation);
        Assert.Equal((200, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    /// <summary>Checks that every reference leads to an object of the document.</summary>
    private static void CheckReferences(JsonObject document)
    {
        JsonSchema schema = new(document);
        int count = 0;
        Visit(document);
        Assert.True(count > 10, "There are too few references.");

        void Visit(JsonNode? node)
        {
            if (node is JsonArray items)
            {
                foreach (JsonNode? item in items) Visit(item);
            }
            else if (node is JsonObject fields)
            {
                if (fields["$ref"] is JsonValue && count++ >= 0) schema.Resolve(fields);
                foreach ((_, JsonNode? field) in fields) Visit(field);
            }
        }
    }
}
