using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Aphorist.Server.Protocol;

/// <summary>Writes errors in the form of OpenAI's API.</summary>
internal static class ErrorResponse
{
    /// <summary>Runs the rest of the pipeline, and answers with an error if it fails or has no other answer.</summary>
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            HttpResponse response = context.Response;
            if (response is { HasStarted: false, StatusCode: >= 400, ContentLength: null, ContentType: null })
                await WriteAsync(context, new ApiException(response.StatusCode, "There is no such endpoint."));
        }
        catch (ApiException error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, error);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, new ApiException(error.StatusCode, error.Message));
        }
    }

    /// <summary>Writes an error.</summary>
    public static async Task WriteAsync(HttpContext context, ApiException error)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        if (error.Status == 401) response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await using Utf8JsonWriter json = new(response.BodyWriter);
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", error.Message);
        json.WriteString("type", error.Type);
        json.WriteString("param", error.Parameter);
        json.WriteString("code", error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
