using System.Text.Json;
using Aphorist.Server.Protocol;
using Microsoft.AspNetCore.Http;

namespace Aphorist.Server.Endpoints;

/// <summary>Lists the models: /v1/models and /v1/models/{id}.</summary>
internal sealed class ModelEndpoints(ModelStore models)
{
    public async Task ListAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        await using Utf8JsonWriter json = new(context.Response.BodyWriter, Json.Writing);
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (ModelEntry model in models.List()) Write(json, model);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    public async Task GetAsync(HttpContext context)
    {
        ModelEntry model = models.Find((string)context.Request.RouteValues["id"]!);
        context.Response.ContentType = "application/json";
        await using Utf8JsonWriter json = new(context.Response.BodyWriter, Json.Writing);
        Write(json, model);
    }

    private static void Write(Utf8JsonWriter json, ModelEntry model)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, model.Name);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, model.Created.ToUnixTimeSeconds());
        json.WriteString("owned_by"u8, "aphorist"u8);
        json.WriteEndObject();
    }
}
