using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aphorist.Server.OpenApi;

/// <summary>GET /openapi/v1.json: the description of the API, from openapi.json and the table of fields.</summary>
internal static class OpenApiPage
{
    private const string Path = "/openapi/v1.json";

    // 400 and 500 stand for themselves; the others are those that a client may want to handle.
    private static readonly string[] ErrorStatuses = ["400", "401", "404", "429", "500", "503"];

    public static IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet(Path, (RequestDelegate)WriteAsync);

    /// <summary>Creates the document.</summary>
    /// <param name="root">The path before /v1.</param>
    public static JsonObject Create(string root)
    {
        using Stream template = typeof(OpenApiPage).Assembly.GetManifestResourceStream("Aphorist.Server.openapi.json")!;
        JsonObject document = JsonNode.Parse(template)!.AsObject();
        document["servers"] = new JsonArray(new JsonObject { ["url"] = root.Length == 0 ? "/" : root });
        JsonObject schemas = document["components"]!["schemas"]!.AsObject();
        AddFields(schemas["CompletionRequest"]!["properties"]!.AsObject(), RequestKinds.Completion);
        AddFields(schemas["ChatRequest"]!["properties"]!.AsObject(), RequestKinds.Chat);
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
        foreach (string status in ErrorStatuses) responses[status] = new JsonObject { ["$ref"] = "#/components/responses/Error" };
    }
}
