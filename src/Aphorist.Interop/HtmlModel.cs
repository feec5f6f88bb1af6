using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Aphorist.Inspection;
using Aphorist.Interop.Html;
using Aphorist.IO;

namespace Aphorist.Interop;

/// <summary>Options of a page that <see cref="HtmlModel"/> writes.</summary>
public sealed record HtmlModelOptions
{
    /// <summary>
    /// The title of the page. Null, the default, stands for the name of the corpus, or of the imported file, that the model knows.
    /// </summary>
    public string? Title { get; init; }

    /// <summary>
    /// The text that the page continues at first; its reader can change it. Empty by default. Characters that the model does not know are
    /// left out.
    /// </summary>
    public string Prompt { get; init; } = "";

    /// <summary>The temperature at first, 0 to 2. 0.7 by default.</summary>
    /// <exception cref="InvalidOptionsException">The value is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = value is >= 0 and <= 2
            ? value
            : throw new InvalidOptionsException(
                string.Create(CultureInfo.InvariantCulture, $"Temperature is {value}. It must be 0 to 2."), nameof(Temperature));
    } = 0.7;
}

/// <summary>
/// Writes a model as one HTML page that generates text in any browser, offline: the page contains the weights, and a script that computes
/// the model.
/// </summary>
/// <remarks>
/// Matrices are stored with 16 bits for each weight, so probabilities differ from those of the model by about 0.0001 at most. The page
/// loads nothing: its own security policy refuses every connection. docs/export.md describes the page.
/// </remarks>
public static partial class HtmlModel
{
    /// <summary>The maximum number of parameters. Browsers limit the length of a string to half a billion characters.</summary>
    public const int MaxParameters = 150_000_000;

    /// <summary>
    /// Writes a page to a file. The file is written under a temporary name and renamed into place, so that a failure leaves the previous
    /// file.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The path of the file, usually with the extension .html. Its folder must exist.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has more than <see cref="MaxParameters"/> parameters.</exception>
    /// <exception cref="IOException">The file could not be written.</exception>
    public static void Write(LanguageModel model, string path, HtmlModelOptions? options = null)
    {
        Check(model);
        using AtomicFile file = new(path);
        Write(model, file, options);
        file.Commit();
    }

    /// <summary>Writes a page to a stream, which stays open.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">The stream.</param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has more than <see cref="MaxParameters"/> parameters.</exception>
    public static void Write(LanguageModel model, Stream destination, HtmlModelOptions? options = null)
    {
        Check(model);
        ArgumentNullException.ThrowIfNull(destination);
        options ??= new HtmlModelOptions();
        string title = options.Title ?? model.Training?.Corpus ?? model.Origin?.File ?? "Aphorist";
        string language = TextScripts.Of(string.Concat(HtmlModelData.TokensOf(model.Tokenizer))).Language ?? "";
        string style = Resource("look.css") + Resource("page.css");
        (string core, string page) = (Resource("model.js"), Resource("page.js"));
        // Placeholders in inserted texts are not replaced.
        string[] parts = Placeholder().Split(Resource("page.html"));
        using StreamWriter writer = new(destination, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        foreach (string part in parts)
        {
            switch (part)
            {
                case "{{title}}": writer.Write(HtmlEncoder.Default.Encode(title)); break;
                case "{{policy}}": writer.Write($"style-src {HashOf(style)}; script-src {HashOf(core)} {HashOf(page)}"); break;
                case "{{style}}": writer.Write(style); break;
                case "{{model}}": writer.Write(core); break;
                case "{{page}}": writer.Write(page); break;
                case "{{about}}": writer.Write(HtmlModelData.Describe(model, title, language, options)); break;
                case "{{weights}}": HtmlModelData.WriteWeights(model.Parameters, writer); break;
                default: writer.Write(part); break;
            }
        }
    }

    private static void Check(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Parameters.Count <= MaxParameters) return;
        throw new ArgumentException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The model has {model.Parameters.Count:N0} parameters, but {MaxParameters:N0} is the maximum of a page. ")
            + "Use the safetensors file, or train a smaller model.",
            nameof(model));
    }

    private static string HashOf(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    // Browsers read CRLF as LF, and the hash is of what they read.
    private static string Resource(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The assembly has no resource {name}.");
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    [GeneratedRegex(@"(\{\{\w+\}\})")]
    private static partial Regex Placeholder();
}
