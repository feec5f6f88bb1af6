using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Text.Unicode;
using Aphorist.Inspection;

namespace Aphorist.Studio.Inside.Reading;

/// <summary>
/// A view of a text: NAME.html is its markup, NAME.js its script. The studio loads the script as a module, with the markup in a page of its
/// own; a self-contained file has everything in it. Both have the same style, look.css, base.css and reader.css.
/// </summary>
/// <remarks>
/// The view's own words are in its script, in English and in Chinese. A file starts in Chinese if the text is Chinese. The elements that
/// show the text have its language, which is empty, and so unknown, unless the letters of the text tell it.
/// </remarks>
/// <param name="name">The name of the files.</param>
/// <param name="function">The function of the script that shows data in an element.</param>
/// <param name="imports">The scripts that it imports.</param>
internal sealed partial class ReaderView(string name, string function, params IReadOnlyList<string> imports)
{
    /// <summary>The file name of the script.</summary>
    public string Script => $"{name}.js";

    /// <summary>The function of the script.</summary>
    public string Function => function;

    /// <summary>The markup, without the text.</summary>
    /// <param name="language">The language of the text, which may be empty.</param>
    public string MarkupFor(string language) => Resource($"{name}.html").Replace("{{language}}", language, StringComparison.Ordinal);

    /// <summary>Creates a self-contained file. file.html is its frame.</summary>
    public string CreateFile(string title, ReaderData data)
    {
        // In one pass, so that placeholders in the inserted text are not replaced.
        return Placeholder().Replace(Resource("file.html"), place => place.Value switch
        {
            "{{title}}" => HtmlEncoder.Default.Encode(title),
            "{{style}}" => Resource("look.css") + Resource("base.css") + Resource("reader.css"),
            "{{markup}}" => MarkupFor(data.Language),
            "{{script}}" => string.Join('\n', imports.Append(Script).Select(script => Import().Replace(Resource(script), ""))),
            "{{function}}" => function,
            "{{data}}" => Encoding.UTF8.GetString(data.Json),
            _ => throw new InvalidOperationException($"file.html has the unknown placeholder {place.Value}."),
        });
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

    // The scripts of a file are one module, which imports nothing.
    [GeneratedRegex(@"^import [^;]*;\s*", RegexOptions.Multiline)]
    private static partial Regex Import();
}

/// <summary>What a view shows.</summary>
/// <param name="Language">The language of the text; empty if its letters do not tell it.</param>
/// <param name="Json">A JSON object, as UTF-8 that can be within a script element.</param>
internal sealed record ReaderData(string Language, byte[] Json)
{
    // Letters of all scripts stay readable. Characters that could end the script element are escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>Writes the data.</summary>
    /// <param name="text">The text that is shown, from which its language is guessed.</param>
    /// <param name="write">Writes the members of the data. They can contain any text.</param>
    public static ReaderData Create(string text, Action<Utf8JsonWriter> write)
    {
        string language = TextScripts.Of(text).Language ?? "";
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes, Options))
        {
            json.WriteStartObject();
            json.WriteString("language", language);
            write(json);
            json.WriteEndObject();
        }

        return new(language, bytes.ToArray());
    }
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
