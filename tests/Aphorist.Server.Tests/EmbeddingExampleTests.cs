using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Aphorist.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Server.Tests;

/// <summary>The example of the documentation, an ASP.NET Core application, is that of this file, and works.</summary>
public sealed partial class EmbeddingExampleTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Example_AsAnApplication_ServesModels()
    {
        using TemporaryFolder folder = new();
        LanguageModel model = LanguageModel.Create(
            new() { HiddenSize = 8, Window = 10 }, CharacterTokenizer.FromCharacters("ROMEO: abcdefgh\n"), seed: 1);
        model.Save(folder["shakespeare.safetensors"]);
        await using WebApplication application = CreateExample([
            "--urls", "http://127.0.0.1:0", "--Aphorist:Models:0", folder.Path, "--Aphorist:UnloadAfter", "01:00:00",
            "--Logging:LogLevel:Default", "None",
        ]);
        await application.StartAsync(Cancellation);
        using HttpClient client = new() { BaseAddress = new Uri(application.Urls.Single()) };
        Assert.Equal(200, (await client.GetStringAsync(new Uri("verse", UriKind.Relative), Cancellation)).Length);
        using StringContent body = new("""{"model": "shakespeare", "prompt": "ROMEO:", "seed": 1}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await client.PostAsync(new Uri("v1/completions", UriKind.Relative), body, Cancellation);
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(TimeSpan.FromHours(1), application.Services.GetRequiredService<AphoristServerOptions>().UnloadAfter);
    }

    [Fact]
    public void Example_InTheDocumentation_IsThisOne()
    {
        string source = PathOf(), root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", ".."));
        string code = CodeOfExample().Match(File.ReadAllText(source).ReplaceLineEndings("\n")).Groups[1].Value;
        string expected = Normalize(code.Replace("return app;", "app.Run();", StringComparison.Ordinal));
        string readme = Path.Combine(root, "src", "Aphorist.Server", "README.md");
        string[] examples = [.. Directory.GetFiles(Path.Combine(root, "docs"), "serve*.md")
            .Append(readme)
            .SelectMany(page => Blocks().Matches(File.ReadAllText(page).ReplaceLineEndings("\n")))
            .Select(block => block.Groups[1].Value)
            .Where(block => block.Contains("WebApplication.CreateBuilder", StringComparison.Ordinal))];
        Assert.True(examples.Length >= 2, "The README of the package and the page about the server have the example.");
        Assert.All(examples, example => Assert.Equal(expected, Normalize(UsingLines().Replace(example, ""))));
    }

    private static WebApplication CreateExample(string[] args)
    {
        // The example starts here.
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        builder.Services.AddAphorist(options => builder.Configuration.GetSection("Aphorist").Bind(options));
        builder.Services.AddAphoristChatClient("shakespeare");

        WebApplication app = builder.Build();
        app.MapAphorist();
        app.MapGet("/verse", async ([FromKeyedServices("shakespeare")] IChatClient model) =>
            (await model.GetResponseAsync("ROMEO:", new() { MaxOutputTokens = 200, Temperature = 0.7f })).Text);
        return app;
        // The example ends here.
    }

    private static string Normalize(string code) =>
        string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string PathOf([CallerFilePath] string path = "") => path;

    [GeneratedRegex(@"// The example starts here\.\n(.*?)// The example ends here\.", RegexOptions.Singleline)]
    private static partial Regex CodeOfExample();

    [GeneratedRegex(@"```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex(@"^using .*;\n", RegexOptions.Multiline)]
    private static partial Regex UsingLines();
}
