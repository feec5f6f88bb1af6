using System.Text.Encodings.Web;
using System.Text.Json;

namespace Aphorist.Server.Protocol;

/// <summary>How answers are written as JSON.</summary>
internal static class Json
{
    /// <summary>
    /// Text stays as it is where JSON allows it, which is shorter and faster. Answers are never part of an HTML page. The frames of a
    /// stream are written in parts, which the writer must not check.
    /// </summary>
    public static JsonWriterOptions Writing { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
