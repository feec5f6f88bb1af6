using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aphorist.Server.Protocol;

/// <summary>Answers with errors in the form of OpenAI's API.</summary>
internal static partial class ErrorResponse
{
    /// <summary>The status when the client has left. It reads none, but logs and metrics do.</summary>
    public const int ClientLeft = 499;

    private const string InternalError = "internal_error";

    /// <summary>The time after which a client may try again, if the server has too much to do.</summary>
    public static TimeSpan RetryAfter { get; } = TimeSpan.FromSeconds(1);

    /// <summary>The answer while no model can accept a text.</summary>
    public static ApiException QueueFull { get; } =
        new(429, "The queue is full. Try again later.", code: "queue_full") { RetryAfter = RetryAfter };

    /// <summary>Runs the rest of the pipeline, and answers with an error if it fails or has no other answer.</summary>
    public static async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        HttpResponse response = context.Response;
        try
        {
            await next(context);
            if (response is { HasStarted: false, StatusCode: >= 400 and not ClientLeft, ContentLength: null, ContentType: null })
                await WriteAsync(context, ForStatus(context));
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!response.HasStarted) response.StatusCode = ClientLeft;
        }
        catch (Exception exception) when (!response.HasStarted)
        {
            await WriteAsync(context, Describe(context, exception));
        }
    }

    /// <summary>Converts an exception to an error for the client, and writes it to the log if the server is to blame.</summary>
    public static ApiException Describe(HttpContext context, Exception exception)
    {
        ApiException error = Of(exception);
        if (error.Code == InternalError && context.RequestServices.GetService<ILoggerFactory>() is { } loggers)
            LogFailure(loggers.CreateLogger(typeof(ErrorResponse)), context.Request.Method, context.Request.Path, exception);
        return error;
    }

    /// <summary>The status that a request gets or would have got if it fails with an exception.</summary>
    public static int StatusOf(HttpContext context, Exception exception) =>
        context.RequestAborted.IsCancellationRequested ? ClientLeft : Of(exception).Status;

    /// <summary>Writes an error as the answer.</summary>
    public static async Task WriteAsync(HttpContext context, ApiException error)
    {
        HttpResponse response = context.Response;
        response.StatusCode = error.Status;
        response.ContentType = "application/json";
        if (error.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (error.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await using Utf8JsonWriter json = new(response.BodyWriter, Json.Writing);
        Write(json, error);
    }

    /// <summary>Writes an error as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, ApiException error)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, error.Message);
        json.WriteString("type"u8, error.Type);
        json.WriteString("param"u8, error.Parameter);
        json.WriteString("code"u8, error.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The error for an answer that has only a status.</summary>
    private static ApiException ForStatus(HttpContext context)
    {
        HttpRequest request = context.Request;
        int status = context.Response.StatusCode;
        return new(status, status switch
        {
            404 => $"There is no endpoint '{request.Path}'.",
            405 => $"The endpoint '{request.Path}' does not accept the method {request.Method}. Use {context.Response.Headers.Allow}.",
            415 => "The body must be JSON. Send the header: Content-Type: application/json",
            _ => "The request was refused.",
        });
    }

    private static ApiException Of(Exception exception) => exception switch
    {
        ApiException known => known,
        QueueFullException => new(429, exception.Message, code: "queue_full") { RetryAfter = RetryAfter },
        SchedulerStoppedException =>
            new(503, "The server is stopping. Try again later.", code: "server_stopping") { RetryAfter = RetryAfter },
        // Clients repeat requests that were answered with 408 or 5xx, and this one would take too long again.
        TimeoutException => new(400, "The text was not complete within the server's time limit. Ask for fewer tokens.", code: "time_limit"),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new(413, "The request body is too large."),
        BadHttpRequestException bad => new(bad.StatusCode, "The request could not be read: it is incomplete, or not valid HTTP."),
        _ => new(500, "The server failed to answer. Its log says why.", code: InternalError),
    };

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private static partial void LogFailure(ILogger logger, string method, string path, Exception exception);
}
