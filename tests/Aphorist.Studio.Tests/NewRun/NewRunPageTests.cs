using System.Text;
using Aphorist.Server;
using Aphorist.Studio.Components;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.NewRun;
using Aphorist.Studio.Tests.Runs;
using Aphorist.Tests;
using Aphorist.Training;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.NewRun;

public sealed class NewRunPageTests : BunitContext
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder folder = new();
    private readonly Workspace workspace;

    public NewRunPageTests()
    {
        workspace = Workspace.Open(folder.Path);
        Services.AddSingleton(workspace);
        // The process that trains ends at once.
        Services.AddSingleton(new StudioOptions { Folder = folder.Path, Command = ["dotnet", "--version"] });
        Services.AddSingleton<StudioAssets>();
        Services.AddLogging();
        Services.AddAphorist(options => options.Models = [folder.Path]);
        Services.AddStudio();
        JSInterop.Mode = JSRuntimeMode.Loose;
    }

    private NavigationManager Navigation => Services.GetRequiredService<NavigationManager>();

    protected override async ValueTask DisposeAsyncCore()
    {
        await base.DisposeAsyncCore();
        folder.Dispose();
    }

    [Theory]
    [InlineData(Language.English, "fables", "Anna built a castle", "575,602 characters")]
    [InlineData(Language.Chinese, "fables-zh", "从春天到夏天，没有下过一场雨。", "个字符")]
    public void Open_WithoutAddress_ShowsTheFables(Language language, string name, string excerpt, string size)
    {
        IRenderedComponent<NewRunPage> page = Open("", language);
        EventuallyContains(page, ".excerpt", excerpt);
        Assert.Contains(size, page.Markup, StringComparison.Ordinal);
        Assert.Equal(name, page.Find("#run-name").GetAttribute("placeholder"));
        Assert.False(page.Find(".primary").HasAttribute("disabled"));
    }

    [Fact]
    public void Open_FolderOfTextsIsGone_OffersTheCatalog()
    {
        Directory.Delete(workspace.Texts);
        IRenderedComponent<NewRunPage> page = Open();
        EventuallyContains(page, ".excerpt", "Anna built a castle");
        page.FindComponent<InputFile>().UploadFiles(InputFileContent.CreateFromText("Once upon a time.", "story.txt"));
        EventuallyContains(page, ".excerpt", "Once upon a time.");
    }

    [Fact]
    public void Choose_Text_ShowsItsExcerptAndIsInTheAddress()
    {
        IRenderedComponent<NewRunPage> page = Open("", Language.Chinese);
        page.Find("input[value='catalog:names']").Change("catalog:names");
        Eventually(page, () => Assert.Contains("17,247 个字符", page.Markup, StringComparison.Ordinal));
        Assert.EndsWith("/runs/new?text=catalog%3Anames", Navigation.Uri, StringComparison.Ordinal);
    }

    [Fact]
    public void ChooseEncoding_OwnText_ChangesTheExcerpt()
    {
        Encoding old = CodePagesEncodingProvider.Instance.GetEncoding("windows-1251")!;
        File.WriteAllBytes(Path.Combine(workspace.Texts, "old.txt"), old.GetBytes("Однажды в студёную зимнюю пору. " + TinyRun.Text));
        IRenderedComponent<NewRunPage> page = Open("?text=old.txt");
        Eventually(page, () => Assert.StartsWith("Однажды", page.Find(".excerpt").TextContent, StringComparison.Ordinal));
        page.Find("#encoding").Change("windows-1252");
        Eventually(page, () => Assert.StartsWith("Îäíàæäû", page.Find(".excerpt").TextContent, StringComparison.Ordinal));
        page.Find("#encoding").Change("utf-8");
        EventuallyContains(page, ".preview .error-text", "byte 0 is not valid in this encoding");
        Assert.True(page.Find(".primary").HasAttribute("disabled"));
    }

    [Theory]
    [InlineData(Language.English, "Enter a whole number from 1 to 16384.")]
    [InlineData(Language.Chinese, "请输入 1 到 16384 之间的整数。")]
    public void Change_WrongValue_ShowsASentenceAtTheField(Language language, string sentence)
    {
        IRenderedComponent<NewRunPage> page = Open("", language);
        page.Find("#option-hidden").Change("99999");
        Eventually(page, () => Assert.Equal(sentence, page.Find("#option-hidden-problem").TextContent));
        Assert.Equal("99999", page.Find("#option-hidden").GetAttribute("value"));
        Assert.Equal("true", page.Find("#option-hidden").GetAttribute("aria-invalid"));
        Assert.True(page.Find(".primary").HasAttribute("disabled"));
        page.Find(".option.changed .reset").Click();
        Eventually(page, () => Assert.Empty(page.FindAll("#option-hidden-problem")));
    }

    [Fact]
    public void Change_OptionThatDoesNotFitTheText_ShowsASentenceAtTheField()
    {
        IRenderedComponent<NewRunPage> page = Open("?text=catalog:names&window=20000");
        EventuallyContains(page, "#option-window-problem", "Use a longer text or a smaller");
    }

    [Fact]
    public void Start_Options_CreateTheRun()
    {
        IRenderedComponent<NewRunPage> page = Open("?text=catalog:names&hidden=16&epochs=2&validation=0.1");
        EventuallyContains(page, ".estimate", "About");
        page.Find("#option-seed").Change("7");
        page.Find("#run-name").Change("My run!");
        page.WaitForState(() => !page.Find(".primary").HasAttribute("disabled"), Patience);
        page.Find(".primary").Click();
        Eventually(page, () => Assert.EndsWith("/run/My-run", Navigation.Uri, StringComparison.Ordinal));
        TrainingRunOptions options = TrainingRun.Open(folder["My-run"]).Options;
        Assert.Equal(["catalog:names"], options.Corpus);
        Assert.Equal((16, 2, null, 0.1, 7ul), (options.Model.HiddenSize, options.Training.Epochs, options.Training.TimeBudget,
            options.Training.ValidationShare, options.Training.Seed));
        Assert.Equal(SampleStyle.Notebook, options.SampleStyle);
        Assert.Equal("quick", options.Preset);
    }

    [Fact]
    public void StartFrom_Model_KeepsItsShape()
    {
        Tokenizer tokenizer = Tokenizer.Create(Corpus.FromText("abcdefghijklmnopqrstuvwxyz"));
        LanguageModel.Create(new ModelSpec { Architecture = Architecture.Gru, HiddenSize = 24, Window = 30 }, tokenizer)
            .Save(folder["small.safetensors"]);
        IRenderedComponent<NewRunPage> page = Open("?text=catalog:names&hidden=64&epochs=1");
        page.Find("#from").Change("small");
        Eventually(page, () => Assert.Empty(page.FindAll("#option-hidden")));
        Assert.Contains("from=small", Navigation.Uri, StringComparison.Ordinal);
        EventuallyContains(page, ".estimate", "About");
        page.WaitForState(() => !page.Find(".primary").HasAttribute("disabled"), Patience);
        page.Find(".primary").Click();
        Eventually(page, () => Assert.EndsWith("/run/names", Navigation.Uri, StringComparison.Ordinal));
        TrainingRunOptions options = TrainingRun.Open(folder["names"]).Options;
        Assert.Equal((folder["small.safetensors"], Architecture.Gru), (options.From, options.Model.Architecture));
        Assert.Equal(24, options.Model.HiddenSize);
    }

    [Fact]
    public void StartFrom_ModelThatIsGone_SaysSo()
    {
        IRenderedComponent<NewRunPage> page = Open("?text=catalog:names&from=nothing");
        Assert.True(page.Find(".primary").HasAttribute("disabled"));
        Assert.Contains("“nothing” cannot be read", page.Find(".error-text").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_TextIsGone_LeavesNoFolder()
    {
        RunStarter starter = Services.GetRequiredService<RunStarter>();
        TrainingRunOptions options = TrainingRunOptions.FromPreset(Preset.Quick, Path.Combine(workspace.Texts, "gone.txt"));
        await Assert.ThrowsAsync<CorpusException>(() => starter.StartAsync(options, "gone"));
        Assert.Equal([".studio"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task StartAsync_SameNameAtTheSameTime_MakesTwoRuns()
    {
        RunStarter starter = Services.GetRequiredService<RunStarter>();
        ModelSpec small = new() { HiddenSize = 8 };
        LanguageModel.Create(small, Tokenizer.Create(Corpus.FromText("ab"))).Save(folder["same-2.safetensors"]);
        TrainingRunOptions options = TrainingRunOptions.FromPreset(Preset.Quick, "catalog:names") with { Model = small };
        string[] names = await Task.WhenAll(starter.StartAsync(options, "same"), starter.StartAsync(options, "same"));
        Assert.Equal(["same", "same-3"], names.Order(StringComparer.Ordinal));
        Assert.All(names, name => TrainingRun.Open(folder[name]));
    }

    [Fact]
    public void Upload_Files_AddsThemAndSaysWhatIsWrong()
    {
        IRenderedComponent<NewRunPage> page = Open();
        page.FindComponent<InputFile>().UploadFiles(
            InputFileContent.CreateFromText("Once upon a time there was a text.", "../story.txt"),
            InputFileContent.CreateFromText("", "empty.txt"));
        Eventually(page, () => Assert.Equal("Once upon a time there was a text.", page.Find(".excerpt").TextContent));
        Assert.Contains("text=story.txt", Navigation.Uri, StringComparison.Ordinal);
        Assert.Contains("“empty.txt” contains no text", page.Find(".error-text").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Upload_TooManyFiles_SaysSo()
    {
        IRenderedComponent<NewRunPage> page = Open("", Language.Chinese);
        page.FindComponent<InputFile>().UploadFiles(
            [.. Enumerable.Range(0, 21).Select(number => InputFileContent.CreateFromText("text", $"{number}.txt"))]);
        EventuallyContains(page, ".error-text", "一共 21 个文件");
    }

    [Fact]
    public void Delete_ChosenText_CanBeUndone()
    {
        File.WriteAllText(Path.Combine(workspace.Texts, "draft.txt"), TinyRun.Text);
        IRenderedComponent<NewRunPage> page = Open("?text=draft.txt");
        page.Find("button[aria-label='Delete draft']").Click();
        Eventually(page, () => Assert.Empty(page.FindAll("button[aria-label='Delete draft']")));
        Eventually(page, () => Assert.True(page.Find(".primary").HasAttribute("disabled")));
        Notice notice = Assert.Single(Services.GetRequiredService<Notices>().Shown);
        notice.Run!();
        Eventually(page, () => Assert.NotEmpty(page.FindAll("button[aria-label='Delete draft']")));
    }

    private static void Eventually(IRenderedComponent<NewRunPage> page, Action assertion) => page.WaitForAssertion(assertion, Patience);

    private static void EventuallyContains(IRenderedComponent<NewRunPage> page, string selector, string text) =>
        Eventually(page, () => Assert.Contains(text, page.Find(selector).TextContent, StringComparison.Ordinal));

    private IRenderedComponent<NewRunPage> Open(string query = "", Language language = Language.English)
    {
        Navigation.NavigateTo($"/runs/new{query}");
        return Render<CascadingValue<Language>>(parameters => parameters
            .Add(value => value.Value, language).Add(value => value.IsFixed, true)
            .AddChildContent<NewRunPage>()).FindComponent<NewRunPage>();
    }
}
