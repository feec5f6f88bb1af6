using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Aphorist.Inspection;

namespace Aphorist.Cli.Pages;

/// <summary>
/// Creates self-contained HTML pages from templates, which are resources of this assembly. A template has the placeholders
/// <c>{{title}}</c>, <c>{{language}}</c>, <c>{{style}}</c>, <c>{{script}}</c> and <c>{{data}}</c>. Style and script are the same for all
/// pages. The data is JSON in a script element, which the template's own script displays.
/// </summary>
/// <remarks>
/// The page's own words are in its script, in English and in Chinese. It starts in Chinese if the text is Chinese. The elements that show
/// the text have its language, which is empty, and so unknown, unless the letters of the text tell it.
/// </remarks>
internal static partial class HtmlPage
{
    // Letters of all scripts stay readable. Characters that could end the script element are escaped.
    private static readonly JsonWriterOptions DataOptions = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Creates a page.</summary>
    /// <param name="template">The file name of the template.</param>
    /// <param name="title">The title of the page.</param>
    /// <param name="text">The text that the page shows, from which its language is guessed.</param>
    /// <param name="writeData">Writes the members of the data. They can contain any text.</param>
    public static string Create(string template, string title, string text, Action<Utf8JsonWriter> writeData)
    {
        string language = TextScripts.Of(text).Language ?? "";
        string data = DataOf(json =>
        {
            json.WriteString("language", language);
            writeData(json);
        });
        // In one pass, so that placeholders in the inserted text are not replaced.
        return Placeholder().Replace(Resource(template), place => place.Value switch
        {
            "{{title}}" => HtmlEncoder.Default.Encode(title),
            "{{language}}" => language,
            "{{style}}" => Resource("page.css"),
            "{{script}}" => Resource("page.js"),
            "{{data}}" => data,
            _ => throw new InvalidOperationException($"{template} has the unknown placeholder {place.Value}."),
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
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no resource {name}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"\{\{\w+\}\}")]
    private static partial Regex Placeholder();
}

/// <summary>The name of one token on the pages, which depends on the tokenizer.</summary>
internal static class PageUnit
{
    /// <summary>The name in English, which the script of a page can translate.</summary>
    public static string Of(Tokenizer tokenizer) => tokenizer.Kind switch
    {
        TokenizerKind.Characters => "character",
        TokenizerKind.Bytes => "byte",
        _ => "token",
    };

    /// <summary>The name in Chinese, for sentences in the data.</summary>
    public static string InChinese(Tokenizer tokenizer) => tokenizer.Kind switch
    {
        TokenizerKind.Characters => "字符",
        TokenizerKind.Bytes => "字节",
        _ => "词元",
    };
}
