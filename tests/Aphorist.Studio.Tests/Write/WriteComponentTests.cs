using System.Globalization;
using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.Write;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;
using Xunit;

namespace Aphorist.Studio.Tests.Write;

public sealed class WriteComponentTests
{
    [Fact]
    public async Task Panel_TopK_NamesTheStepThatHasRemovedATokenAndChoosesByClick()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters", new() { TopK = 2 });
        using BunitContext context = new();
        int chosen = -1;
        IRenderedComponent<ChoicePanel> panel = context.Render<ChoicePanel>(parameters => parameters
            .Add(panel => panel.Choices, session.Choices)
            .Add(panel => panel.Chosen, EventCallback.Factory.Create<int>(this, id => chosen = id)));
        Assert.Equal(8, panel.FindAll(".bar").Count);
        Assert.Equal(6, panel.FindAll(".bar .value").Count(value => value.TextContent == "top-k"));
        Assert.Contains("removed by top-k", panel.FindAll(".bar")[2].GetAttribute("title"));
        Assert.Contains("2 of 8 possible", panel.Markup);
        await panel.FindAll(".bar")[3].ClickAsync(new MouseEventArgs());
        Assert.Equal(session.Choices!.Order[3], chosen);
    }

    [Fact]
    public async Task Panel_OneStep_ShowsWhatIsBeforeAndAfterIt()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("characters", new() { Temperature = 0.5, TopK = 2 });
        using BunitContext context = new();
        double[] before = [.. session.Choices!.Steps[1].Probabilities.ToArray()];
        IRenderedComponent<ChoicePanel> panel = context.Render<ChoicePanel>(parameters => parameters
            .Add(panel => panel.Choices, session.Choices).Add(panel => panel.Step, SamplingStepKind.TopK));
        AngleSharp.Dom.IElement bar = panel.FindAll(".bar")[0];
        double Width(string name) =>
            double.Parse(bar.QuerySelector($"rect.{name}")!.GetAttribute("width")!.TrimEnd('%'), CultureInfo.InvariantCulture);
        int first = session.Choices.Order[0];
        Assert.Equal(before[first] / session.Choices.Steps[^1].Probabilities[first], Width("before") / Width("after"), 1e-2);
        // A step that is off changes nothing.
        panel.Render(parameters => parameters.Add(panel => panel.Step, SamplingStepKind.RepetitionPenalty));
        bar = panel.FindAll(".bar")[0];
        Assert.Equal(Width("before"), Width("after"));
    }

    [Fact]
    public async Task Panel_LargeVocabulary_ShowsPartsAndFinds()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        using WriteSession session = await models.OpenAsync("bytes");
        using BunitContext context = new();
        IRenderedComponent<ChoicePanel> panel = context.Render<ChoicePanel>(parameters => parameters
            .Add(panel => panel.Choices, session.Choices).AddCascadingValue(Language.Chinese));
        Assert.Equal(12, panel.FindAll(".bar").Count);
        Assert.Contains("显示全部 256 个", panel.Markup);
        await panel.Find(".more").ClickAsync(new MouseEventArgs());
        Assert.Equal(100, panel.FindAll(".bar").Count);
        await panel.Find(".more").ClickAsync(new MouseEventArgs());
        await panel.Find(".more").ClickAsync(new MouseEventArgs());
        Assert.Equal(256, panel.FindAll(".bar").Count);
        await panel.Find("input[type=search]").InputAsync(new ChangeEventArgs { Value = "xe7" });
        Assert.Equal("\\xE7", Assert.Single(panel.FindAll(".bar .token")).TextContent);
    }

    [Theory]
    [InlineData("0.25", 0.25)]
    [InlineData("7", 2)]
    [InlineData("-1", 0)]
    public async Task Control_Number_IsBroughtIntoItsRange(string typed, double expected)
    {
        using BunitContext context = new();
        double value = 1;
        IRenderedComponent<SamplingControl> control = context.Render<SamplingControl>(parameters => parameters
            .Add(control => control.Id, "t").Add(control => control.Name, "T").Add(control => control.Help, "")
            .Add(control => control.Value, value)
            .Add(control => control.Max, 2)
            .Add(control => control.Changed, EventCallback.Factory.Create<double>(this, set => value = set)));
        await control.Find("input[type=number]").ChangeAsync(new ChangeEventArgs { Value = typed });
        Assert.Equal(expected, value);
        await control.Find("input[type=number]").ChangeAsync(new ChangeEventArgs { Value = "none" });
        Assert.Equal(expected, value);
    }

    [Fact]
    public async Task Control_LogarithmicSlider_ReachesBothEnds()
    {
        using BunitContext context = new();
        double value = 10;
        IRenderedComponent<SamplingControl> control = context.Render<SamplingControl>(parameters => parameters
            .Add(control => control.Id, "k").Add(control => control.Name, "K").Add(control => control.Help, "")
            .Add(control => control.Value, value)
            .Add(control => control.Min, 1).Add(control => control.Max, 20_000).Add(control => control.IsLogarithmic, true)
            .Add(control => control.Changed, EventCallback.Factory.Create<double>(this, set => value = set)));
        await control.Find("input[type=range]").InputAsync(new ChangeEventArgs { Value = "100" });
        Assert.Equal(20_000, value);
        await control.Find("input[type=range]").InputAsync(new ChangeEventArgs { Value = "0" });
        Assert.Equal(1, value);
        await control.Find("input[type=range]").InputAsync(new ChangeEventArgs { Value = "50" });
        Assert.Equal(141, value);
    }

    [Fact]
    public void Block_Units_AreShadedAndTellTheirProbabilities()
    {
        TextBlock block = new(start: 5);
        block.Add(new TextUnit("a", 0, 0.5f, IsGiven: true));
        block.Add(new TextUnit("\n", 1, 3.2f, IsGiven: false));
        block.Add(new TextUnit("\u0001", 2, 25f, IsGiven: false));
        using BunitContext context = new();
        IRenderedComponent<TextBlockView> view = context.Render<TextBlockView>(parameters => parameters
            .Add(view => view.Block, block).Add(view => view.Shown, 3));
        view.MarkupMatches(
            "<span data-start=\"5\"><span class=\"given\" title=\"71 %\">a</span><span class=\"s3 newline\" title=\"11 %\">\n</span>"
            + "<span class=\"s10\" title=\"&lt;0.001 %\">\uFFFD</span></span>");
        int renders = view.RenderCount;
        view.Render(parameters => parameters.Add(view => view.Shown, 3));
        Assert.Equal(renders, view.RenderCount);
    }

    [Fact]
    public async Task Page_Write_ShowsThePromptAndItsContinuation()
    {
        await using WriteModels models = await WriteModels.StartAsync();
        await using BunitContext context = new();
        IServiceProvider services = models.Studio.Services;
        context.Services.AddSingleton(services.GetRequiredService<ModelStore>());
        context.Services.AddSingleton(services.GetRequiredService<StudioAssets>());
        context.Services.AddScoped<Notices>();
        BunitJSModuleInterop module = context.JSInterop.SetupModule(_ => true);
        module.Mode = JSRuntimeMode.Loose;
        SamplingSettings settings = new() { Seed = 4, Length = 20 };
        module.Setup<IJSStreamReference>("load").SetResult(new TextFromBrowser(new WriteMemory { Settings = settings }.ToJson()));
        module.Setup<IJSStreamReference>("read", _ => true).SetResult(new TextFromBrowser("abc"));
        IRenderedComponent<WritePage> page = context.Render<WritePage>(parameters => parameters.Add(page => page.Model, "characters"));
        page.WaitForAssertion(() => Assert.True(page.Find("button.primary").HasAttribute("disabled") is false), TimeSpan.FromMinutes(1));
        await page.Find("button.primary").ClickAsync(new MouseEventArgs());
        page.WaitForAssertion(() => Assert.Equal("23", page.Find("div.sheet").GetAttribute("data-length")), TimeSpan.FromMinutes(1));
        LanguageModel model = models.Load("characters");
        GenerationOptions options = settings.ToOptions(model.Tokenizer, seed: 4);
        string expected = new TextGenerator(model).Generate("abc", options, Xunit.TestContext.Current.CancellationToken);
        Assert.Equal("abc" + expected, page.Find("div.sheet").TextContent);
        Assert.Equal(3, page.FindAll("div.sheet .given").Count);
    }

    /// <summary>A text that comes as the script sends it.</summary>
    private sealed class TextFromBrowser(string text) : IJSStreamReference
    {
        private readonly byte[] bytes = System.Text.Encoding.UTF8.GetBytes($" {text}");

        public long Length => bytes.Length;

        public ValueTask<Stream> OpenReadStreamAsync(long maxAllowedSize = 512000, CancellationToken cancellationToken = default) =>
            new(new MemoryStream(bytes));

        public ValueTask DisposeAsync() => default;
    }
}
