using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Aphorist.Cli.Pages;

/// <summary>
/// A page that needs nothing but itself: a template of this assembly in which <c>{{title}}</c>, <c>{{style}}</c>, <c>{{script}}</c> and <c>{{data}}</c> stand for what is put in. The style and
/// the script are what all pages have in common; the data is JSON in a script element, from which the template's own script makes what is seen.
/// </summary>
internal static partial class HtmlPage
{
    // Writes letters of any script as they are, but none of the characters that could end the script element.
    private static readonly JsonWriterOptions DataOptions = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The page.</summary>
    /// <param name="template">The template's file name.</param>
    /// <param name="title">The page's title.</param>
    /// <param name="writeData">Writes the members of the data, which may hold any text.</param>
    public static string Of(string template, string title, Action<Utf8JsonWriter> writeData)
    {
        string data = DataOf(writeData);
        // In one go, so that nothing is replaced in what was put in.
        return Placeholder().Replace(Resource(template), place => place.Value switch
        {
            "{{title}}" => HtmlEncoder.Default.Encode(title),
            "{{style}}" => Resource("page.css"),
            "{{script}}" => Resource("page.js"),
            "{{data}}" => data,
            _ => throw new InvalidOperationException($"Nothing stands for {place.Value} in {template}."),
        });
    }

    private static string DataOf(Action<Utf8JsonWriter> write)
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, DataOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The command lacks {name}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{\w+\}\}")]
    private static partial Regex Placeholder();
}
