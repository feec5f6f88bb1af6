using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Aphorist.Interop.Tests.Html;

/// <summary>The model of a page, which Node.js runs with the page's own script.</summary>
internal sealed class PageRun
{
    private static readonly string? Node = FindNode();
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the page of a model.</summary>
    public static string Write(LanguageModel model, HtmlModelOptions? options = null)
    {
        using MemoryStream stream = new();
        HtmlModel.Write(model, stream, options);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Calls functions of the driver, and returns their results. The test is skipped where Node.js is missing.</summary>
    public static JsonNode[] Call(LanguageModel model, params JsonObject[] calls)
    {
        Assert.SkipWhen(Node is null, "There is no Node.js 20 or later on the path.");
        string folder = Directory.CreateTempSubdirectory("aphorist-test-").FullName;
        try
        {
            string page = Path.Combine(folder, "model.html"), driver = Path.Combine(folder, "driver.js");
            HtmlModel.Write(model, page);
            using (Stream source = typeof(PageRun).Assembly.GetManifestResourceStream("page-driver.js")!)
            using (FileStream file = File.Create(driver)) source.CopyTo(file);
            string output = Run(driver, new JsonObject { ["page"] = page, ["calls"] = new JsonArray([.. calls]) }.ToJsonString());
            return [.. JsonNode.Parse(output)!.AsArray().Select(result => result!)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Run(string driver, string input)
    {
        using Process process = Process.Start(new ProcessStartInfo(Node!, [driver])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = Utf8,
            StandardOutputEncoding = Utf8,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }

    private static string? FindNode()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("node", ["--version"]) { RedirectStandardOutput = true })!;
            string version = process.StandardOutput.ReadToEnd().Trim();
            return int.TryParse(version.TrimStart('v').Split('.')[0], out int major) && major >= 20 ? "node" : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
