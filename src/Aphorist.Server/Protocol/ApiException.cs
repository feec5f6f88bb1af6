namespace Aphorist.Server.Protocol;

/// <summary>A request that is answered with an error in the form of OpenAI's API.</summary>
/// <param name="status">The HTTP status: 400 to 599.</param>
/// <param name="message">What is wrong, where, and what to do.</param>
/// <param name="parameter">The field of the request that is wrong, for example "max_tokens"; null if there is none.</param>
/// <param name="code">A word for programs, for example "model_not_found"; null if there is none.</param>
internal sealed class ApiException(int status, string message, string? parameter = null, string? code = null)
    : AphoristException(message)
{
    public int Status => status;

    public string? Parameter => parameter;

    public string? Code => code;

    /// <summary>The time after which the client may try again, for 429 and 503.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The type of the error, which follows from the status.</summary>
    public string Type => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}
