using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.OpenApi;

namespace Aphorist.Server.OpenApi;

/// <summary>GET /openapi/v1.json: the description of the API, from openapi.json and the table of fields.</summary>
internal static class OpenApiPage
{
    private const string Path = "/openapi/v1.json";

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, (RequestDelegate)WriteAsync);

    /// <summary>Describes the endpoints in documents that the application creates with Microsoft.AspNetCore.OpenApi.</summary>
    public static void DescribeEndpoints(RouteGroupBuilder group)
    {
        group.AddOpenApiOperationTransformer((operation, context, _) =>
        {
            OpenApiDocument document = OpenApiDocument.Parse(Create("").ToJsonString(), "json").Document!;
            string path = $"/{context.Description.RelativePath}";
            IOpenApiPathItem item = document.Paths.First(item => path.EndsWith(item.Key, StringComparison.Ordinal)).Value;
            OpenApiOperation own = item.Operations!.Values.Single();
            (operation.OperationId, operation.Summary) = (own.OperationId, own.Summary);
            operation.Tags = new HashSet<OpenApiTagReference> { new("Aphorist", context.Document) };
            (operation.Parameters, operation.RequestBody, operation.Responses) = (own.Parameters, own.RequestBody, own.Responses);
            OpenApiDocument target = context.Document!;
            foreach ((string name, IOpenApiSchema schema) in document.Components!.Schemas!) target.AddComponent(name, schema);
            foreach ((string name, IOpenApiResponse response) in document.Components.Responses!) target.AddComponent(name, response);
            foreach ((string name, IOpenApiHeader header) in document.Components.Headers!) target.AddComponent(name, header);
            return Task.CompletedTask;
        });
        // An endpoint without a method is in no document.
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            if (endpoint is RouteEndpointBuilder { RoutePattern.RawText: { } pattern } && pattern.Contains("/v1/", StringComparison.Ordinal)
                && endpoint.Metadata.OfType<HttpMethodMetadata>().Any()) endpoint.Metadata.Add(((RequestDelegate)WriteAsync).Method);
        });
    }

    /// <summary>Creates the document.</summary>
    /// <param name="root">The path before /v1.</param>
    public static JsonObject Create(string root)
    {
        using Stream template = typeof(OpenApiPage).Assembly.GetManifestResourceStream("Aphorist.Server.openapi.json")!;
        JsonObject document = JsonNode.Parse(template)!.AsObject();
        document["servers"] = new JsonArray(new JsonObject { ["url"] = root.Length == 0 ? "/" : root });
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();
        AddFields(schemas["AphoristCompletionRequest"]!["properties"]!.AsObject(), RequestKinds.Completion);
        AddFields(schemas["AphoristChatRequest"]!["properties"]!.AsObject(), RequestKinds.Chat);
        foreach ((_, JsonNode? path) in document["paths"]!.AsObject())
            foreach ((_, JsonNode? operation) in path!.AsObject()) AddErrors(operation!["responses"]!.AsObject());
        return document;
    }

    private static async Task WriteAsync(HttpContext context)
    {
        string path = context.Request.PathBase + context.Request.Path;
        JsonObject document = Create(path[..^Path.Length]);
        context.Response.ContentType = "application/json";
        await using Utf8JsonWriter json = new(context.Response.BodyWriter);
        document.WriteTo(json);
    }

    private static void AddFields(JsonObject properties, RequestKinds kind)
    {
        foreach (RequestField field in RequestFields.All)
        {
            if (!field.Kinds.HasFlag(kind) || field.Read is null || field.IsRefused) continue;
            JsonObject schema = properties[field.Name]?.AsObject() ?? [];
            string[] types = field.Type.Split('|');
            schema["type"] = types.Length == 1 ? types[0] : new JsonArray([.. types.Select(type => JsonValue.Create(type))]);
            schema["description"] = field.Description;
            if (field.Default is { } value) schema["default"] = JsonNode.Parse(value);
            properties[field.Name] = schema;
        }
    }

    private static void AddErrors(JsonObject responses)
    {
        foreach (string status in (string[])["4XX", "5XX"])
            responses[status] = new JsonObject { ["$ref"] = "#/components/responses/AphoristError" };
    }
}
