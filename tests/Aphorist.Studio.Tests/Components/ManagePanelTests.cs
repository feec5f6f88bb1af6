using Aphorist.Studio.Components;
using Aphorist.Studio.Runs;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Components;

public sealed class ManagePanelTests : IAsyncDisposable
{
    private readonly BunitContext context = new();
    private readonly Notices notices = new();
    private int restored, failures;

    public ManagePanelTests() => context.Services.AddSingleton(notices);

    public ValueTask DisposeAsync() => context.DisposeAsync();

    [Fact]
    public void Rename_WhileThePageIsRenderedAgain_KeepsWhatIsTyped()
    {
        IRenderedComponent<ManagePanel> panel = Render(wanted => $"/models/{wanted}-2");
        panel.Find("#rename").Change("crow");
        panel.Render();
        Assert.Equal("crow", panel.Find("#rename").GetAttribute("value"));
        panel.Find("form").Submit();
        Assert.EndsWith("/models/crow-2", Address, StringComparison.Ordinal);
        Assert.Empty(notices.Shown);
    }

    [Fact]
    public void Rename_TakenName_IsASentence()
    {
        IRenderedComponent<ManagePanel> panel = Render(wanted => throw new NameTakenException(wanted));
        panel.Find("#rename").Change("crow");
        panel.Find("form").Submit();
        Assert.Contains("“crow” is taken", Assert.Single(notices.Shown).Text, StringComparison.Ordinal);
        Assert.Equal(1, failures);
    }

    [Fact]
    public async Task Delete_Item_ShowsTheListAndCanBeUndone()
    {
        Render(wanted => wanted).Find("button[type=button]").Click();
        Assert.EndsWith("/models", Address, StringComparison.Ordinal);
        Notice notice = Assert.Single(notices.Shown);
        Assert.Equal("It is gone.", notice.Text);
        await notice.Run!();
        Assert.Equal(1, restored);
    }

    private string Address => context.Services.GetRequiredService<NavigationManager>().Uri;

    private IRenderedComponent<ManagePanel> Render(Func<string, string> rename) => context.Render<ManagePanel>(parameters => parameters
        .Add(panel => panel.Name, "fox")
        .Add(panel => panel.Rename, rename)
        .Add(panel => panel.Delete, () => () => restored++)
        .Add(panel => panel.Deleted, "It is gone.")
        .Add(panel => panel.List, "/models")
        .Add(panel => panel.Failed, () => failures++));
}
