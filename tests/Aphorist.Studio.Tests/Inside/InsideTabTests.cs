using System.Reflection;
using System.Text.RegularExpressions;
using Aphorist.Inspection;
using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.Inside;
using Aphorist.Tests;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Inside;

/// <summary>The tabs of the page /inside, without a browser.</summary>
public sealed partial class InsideTabTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly BunitContext context = new();
    private RunningStudio studio = null!;

    public async ValueTask InitializeAsync()
    {
        // Not a limit of the tests: the machine may be busy with others.
        BunitContext.DefaultWaitTimeout = TimeSpan.FromMinutes(1);
        TinyModel.Save(folder.Path, "tiny");
        studio = await RunningStudio.StartAsync(folder.Path);
        context.Services.AddSingleton(studio.Services.GetRequiredService<ModelStore>());
        context.Services.AddSingleton<StudioAssets>();
        context.Services.AddScoped<Notices>();
        context.JSInterop.Mode = JSRuntimeMode.Loose;
        context.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    public async ValueTask DisposeAsync()
    {
        await context.DisposeAsync();
        await studio.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(Language.English, "Nearest to")]
    [InlineData(Language.Chinese, "最接近")]
    public void Neighbours_Token_ListsTheNearestAsLinks(Language language, string heading)
    {
        IRenderedComponent<NeighboursTab> tab = Render<NeighboursTab>(language, parameters => parameters.Add(one => one.Token, 3));
        tab.WaitForAssertion(() => Assert.Contains(heading, tab.Find("h2").TextContent, StringComparison.Ordinal));
        Assert.Equal(15, tab.FindAll(".nearest tbody tr").Count);
        Assert.All(tab.FindAll(".nearest a"), link => Assert.Matches("^/inside/tiny/neighbours\\?id=\\d+$", link.GetAttribute("href")));
        // The search finds it by its text.
        tab.Find("input").Input("q");
        string none = language == Language.English ? "No token" : "没有词元";
        tab.WaitForAssertion(() => Assert.Contains(none, tab.Markup, StringComparison.Ordinal));
        tab.Find("input").Input("a");
        tab.WaitForAssertion(() => Assert.Equal(["a", "A"], tab.FindAll(".tokens a").Select(link => link.TextContent)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void Neighbours_TokenThatDoesNotExist_ShowsAUsualOne(int token)
    {
        IRenderedComponent<NeighboursTab> tab = Render<NeighboursTab>(Language.English, view => view.Add(one => one.Token, token));
        tab.WaitForAssertion(() => Assert.EndsWith("a", tab.Find("h2").TextContent.Trim(), StringComparison.Ordinal));
    }

    [Fact]
    public void Map_Vocabulary_IsAlsoATable()
    {
        IRenderedComponent<MapTab> tab = Render<MapTab>(Language.Chinese);
        tab.WaitForElement("details");
        int size = Tokenizer.Create(Corpus.FromText(TinyModel.Text)).VocabularySize;
        Assert.Equal(size, tab.FindAll("tbody tr").Count);
        Assert.Contains("元音", tab.Find(".map-legend").TextContent, StringComparison.Ordinal);
        tab.WaitForAssertion(() => Assert.Contains("showMap", Calls));
    }

    [Fact]
    public void Weights_Part_ShowsItsTensorsWithNumbers()
    {
        IRenderedComponent<WeightsTab> tab = Render<WeightsTab>(Language.English, parameters => parameters.Add(one => one.Part, "layer-1"));
        tab.WaitForElement("canvas");
        Assert.Equal(["Layer 0", "Layer 1", "Output"], tab.FindAll("nav a").Select(link => link.TextContent));
        Assert.Equal("Layer 1", tab.Find("nav a[aria-current]").TextContent);
        Assert.Equal(
            ["lstm.weight_ih_l1 24 × 6", "lstm.weight_hh_l1 24 × 6", "lstm.bias_l1 24"],
            tab.FindAll("h2").Select(title => title.TextContent));
        Assert.Equal(
            ["input gate", "forget gate", "candidate", "output gate"],
            tab.FindAll("section:first-child .blocks span").Select(name => name.TextContent));
        Assert.Contains("standard deviation", tab.Markup, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Text_OfOnesOwn_IsShownByTheScript(bool cells)
    {
        IRenderedComponent<TextView> view = Render<TextView>(Language.English, parameters => parameters
            .Add(one => one.Cells, cells).Add(one => one.Choice, new TextChoice(TextChoice.Own, "The cat€ sat")));
        view.WaitForElement(".reader #text");
        // Controls without names, which the script gives them.
        Assert.True(view.Find(".reader").HasAttribute("hidden"));
        Assert.Contains("€", view.Find("p").TextContent, StringComparison.Ordinal);
        view.WaitForAssertion(() => Assert.Contains("showText", Calls));
        view.Find(".reading-file button").Click();
        view.WaitForAssertion(() => Assert.Contains("download", Calls));
    }

    [Fact]
    public void Neighbours_AnswerThatComesLate_IsNotShown()
    {
        SaveSlow();
        IRenderedComponent<NeighboursTab> tab = Render<NeighboursTab>(Language.English, model: "slow");
        tab.Render(parameters => parameters.Add(one => one.Model, "tiny"));
        tab.WaitForAssertion(() => Assert.Contains("the 24 numbers", tab.Markup, StringComparison.Ordinal));
        // What asked for the slow model first has its answer before this one.
        Render<NeighboursTab>(Language.English, model: "slow").WaitForElement(".nearest");
        Assert.Contains("the 24 numbers", tab.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_AnswerThatComesLate_IsNotShown()
    {
        SaveSlow();
        IRenderedComponent<WeightsTab> tab = Render<WeightsTab>(Language.English, model: "slow");
        tab.Render(parameters => parameters.Add(one => one.Model, "tiny"));
        tab.WaitForAssertion(() => Assert.EndsWith("24 × 6", tab.FindAll("h2")[1].TextContent, StringComparison.Ordinal));
        Render<WeightsTab>(Language.English, model: "slow").WaitForElement("canvas");
        Assert.EndsWith("24 × 6", tab.FindAll("h2")[1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_TraceAfterTheTabWasLeft_IsNothing()
    {
        IRenderedComponent<TextView> view = Render<TextView>(Language.English, parameters => parameters
            .Add(one => one.Cells, true).Add(one => one.Choice, new TextChoice(TextChoice.Own, "The cat sat")));
        view.WaitForElement(".reader");
        TextView left = view.Instance;
        await context.DisposeComponentsAsync();
        Assert.Null(await left.TraceAsync(0));
    }

    [Fact]
    public void Features_AllOfTheLibrary_HaveChineseWords()
    {
        foreach (TextFeature feature in TextFeature.All)
        {
            (string name, string meaning) = FeatureWords.InChinese(feature);
            Assert.Matches("^[\\u4E00-\\u9FFF]+$", name);
            Assert.Matches("[\\u4E00-\\u9FFF]", meaning);
        }
    }

    [Fact]
    public void Tabs_ModelThatIsGone_SaySo()
    {
        foreach (Language language in Enum.GetValues<Language>())
        {
            string expected = language == Language.English ? "is gone" : "已不存在";
            Assert.Contains(expected, Problem(Render<NeighboursTab>(language, model: "gone")), StringComparison.Ordinal);
            Assert.Contains(expected, Problem(Render<MapTab>(language, model: "gone")), StringComparison.Ordinal);
            Assert.Contains(expected, Problem(Render<WeightsTab>(language, model: "gone")), StringComparison.Ordinal);
            Assert.Contains(
                expected,
                Problem(Render<TextView>(language, view => view.Add(one => one.Choice, new TextChoice(TextChoice.Own, "a")), "gone")),
                StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(TokenizerKind.Characters, "aZ7,汉 b", "Vowel Capital Digit Mark Han Mark Letter")]
    [InlineData(TokenizerKind.Words, "a Zoe 7", "Word Capital Digit")]
    public void Kind_OfTokens_IsWhatOneSees(TokenizerKind kind, string text, string expected)
    {
        Tokenizer tokenizer = Tokenizer.Create(Corpus.FromText(text), new() { Kind = kind, MinimumCount = 1 });
        Assert.Equal(expected.Split(' '), tokenizer.Encode(text).Select(id => $"{TokenKinds.Of(tokenizer, id)}"));
    }

    // Modules import each other by their names, and a name that is wrong is noticed only by a browser.
    [Fact]
    public void Scripts_Imports_Exist()
    {
        Assembly assembly = typeof(StudioAssets).Assembly;
        string[] names = assembly.GetManifestResourceNames();
        int imports = 0;
        foreach (string script in names.Where(name => name.EndsWith(".js", StringComparison.Ordinal) && name != "blazor.web.js"))
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(script)!);
            foreach (Match import in Imports().Matches(reader.ReadToEnd()))
            {
                Assert.Contains(import.Groups[1].Value, names);
                imports++;
            }
        }

        Assert.True(imports > 5);
    }

    /// <summary>Saves a model, "slow", that takes longer to load than the tiny one.</summary>
    private void SaveSlow()
    {
        TinyModel.Save(folder.Path, "slow", new() { HiddenSize = 512, Layers = 2 });
        studio.Services.GetRequiredService<ModelStore>().Refresh();
    }

    private IEnumerable<string> Calls => context.JSInterop.Invocations.Select(call => call.Identifier);

    private static string Problem<T>(IRenderedComponent<T> tab)
        where T : IComponent => tab.WaitForElement("[role=alert]").TextContent;

    private IRenderedComponent<T> Render<T>(
        Language language, Action<ComponentParameterCollectionBuilder<T>>? set = null, string model = "tiny")
        where T : StudioComponent => context.Render<T>(parameters =>
    {
        parameters.AddCascadingValue(language);
        parameters.TryAdd("Model", model);
        set?.Invoke(parameters);
    });

    [GeneratedRegex(@"from ""\./([\w.-]+)""")]
    private static partial Regex Imports();
}
