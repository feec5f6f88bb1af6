using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>How a visitor uses a page: see the two kinds below.</summary>
internal abstract class Hands(IPage page)
{
    protected IPage Page { get; } = page;

    /// <summary>Creates the same kind of input for another page.</summary>
    public abstract Hands On(IPage page);

    /// <summary>Presses a button, follows a link or opens a summary.</summary>
    public abstract Task PressAsync(ILocator target);

    /// <summary>Replaces the text of a field.</summary>
    public abstract Task TypeAsync(ILocator field, string text);

    /// <summary>Moves a slider to its start.</summary>
    public abstract Task SlideToStartAsync(ILocator slider);

    /// <summary>Chooses a file in an input for files, which is what dropping it there does.</summary>
    public abstract Task ChooseFileAsync(ILocator input, FilePayload file);

    /// <summary>Selects the character of the written text that is a number of places before its end.</summary>
    public abstract Task SelectFromEndAsync(ILocator text, int count);

    /// <summary>Puts another character in the place of the selected one: the second in the list of choices.</summary>
    public abstract Task ChooseSecondAsync();
}

/// <summary>A visitor with a mouse.</summary>
internal sealed class MouseHands(IPage page) : Hands(page)
{
    public override Hands On(IPage page) => new MouseHands(page);

    public override Task PressAsync(ILocator target) => target.ClickAsync();

    public override async Task TypeAsync(ILocator field, string text)
    {
        await field.FillAsync(text);
        await field.BlurAsync();
    }

    public override Task SlideToStartAsync(ILocator slider) => slider.ClickAsync(new() { Position = new() { X = 1, Y = 5 } });

    public override Task ChooseFileAsync(ILocator input, FilePayload file) => input.SetInputFilesAsync(file);

    public override Task SelectFromEndAsync(ILocator text, int count) => text.Locator("[data-start] > span").Nth(-count).ClickAsync();

    public override Task ChooseSecondAsync() =>
        Page.GetByRole(AriaRole.Region, new() { Name = "Instead of" })
            .GetByRole(AriaRole.Listitem).Nth(1).GetByRole(AriaRole.Button).ClickAsync();
}

/// <summary>A visitor with nothing but a keyboard, who reaches everything with Tab.</summary>
internal sealed class KeyboardHands(IPage page) : Hands(page)
{
    public override Hands On(IPage page) => new KeyboardHands(page);

    public override async Task PressAsync(ILocator target)
    {
        await ReachAsync(target);
        bool opensPage = await target.EvaluateAsync<bool>("element => element.matches('a:not([download])')");
        await Page.Keyboard.PressAsync("Enter");
        // A moment after a page has appeared, its heading takes the focus. A later key would go there.
        if (opensPage) await Assertions.Expect(Page.Locator("h1")).ToBeFocusedAsync();
    }

    public override async Task TypeAsync(ILocator field, string text)
    {
        await ReachAsync(field);
        await Page.Keyboard.PressAsync("ControlOrMeta+A");
        await Page.Keyboard.TypeAsync(text);
        await Page.Keyboard.PressAsync("Tab");
    }

    public override async Task SlideToStartAsync(ILocator slider)
    {
        await ReachAsync(slider);
        await Page.Keyboard.PressAsync("Home");
    }

    public override async Task ChooseFileAsync(ILocator input, FilePayload file)
    {
        // Playwright asks the browser for the dialog in a message of its own, which the key could overtake.
        TaskCompletionSource<IFileChooser> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Open(object? sender, IFileChooser chooser) => opened.TrySetResult(chooser);
        Page.FileChooser += Open;
        await ReachAsync(input);
        await Page.Keyboard.PressAsync("Enter");
        IFileChooser chooser = await opened.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Page.FileChooser -= Open;
        await chooser.SetFilesAsync(file);
    }

    public override async Task SelectFromEndAsync(ILocator text, int count)
    {
        await ReachAsync(text);
        await Page.Keyboard.PressAsync("End");
        for (int step = 0; step < count; step++) await Page.Keyboard.PressAsync("ArrowLeft");
    }

    public override Task ChooseSecondAsync() => Page.Keyboard.PressAsync("2");

    private async Task ReachAsync(ILocator target)
    {
        const int MaxTabs = 300;
        await target.WaitForAsync(new() { State = WaitForSelectorState.Attached });
        for (int tabs = 0; tabs < MaxTabs; tabs++)
        {
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement")) return;
            await Page.Keyboard.PressAsync("Tab");
        }

        throw new PlaywrightException($"The key Tab does not reach {target} in {MaxTabs} steps.");
    }
}
