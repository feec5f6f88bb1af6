using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Aphorist.Studio.Tests.Browser;

/// <summary>A tab with the studio. It collects what no page may cause: console messages, errors, and requests to other hosts.</summary>
internal sealed class StudioPage
{
    private readonly ConcurrentQueue<string> complaints = [];

    public StudioPage(IPage page, Uri studio)
    {
        Page = page;
        page.Context.Console += (_, message) => complaints.Enqueue($"{message.Type}: {message.Text}");
        page.Context.WebError += (_, error) => complaints.Enqueue($"error: {error.Error}");
        page.Context.Request += (_, request) =>
        {
            Uri address = new(request.Url);
            bool isOwn = address.Scheme is "blob" or "data" or "file" || address.Authority == studio.Authority;
            if (!isOwn) complaints.Enqueue($"request to {address}");
        };
    }

    /// <summary>The tab.</summary>
    public IPage Page { get; }

    /// <summary>What the browser complained about.</summary>
    public IReadOnlyCollection<string> Complaints => complaints;

    /// <summary>Forgets the complaints that a test expects, for example after it has stopped the server.</summary>
    public void ForgetComplaints() => complaints.Clear();

    /// <summary>Loads a page, and waits until it reacts.</summary>
    public async Task OpenAsync(string address)
    {
        TaskCompletionSource rendered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        void Listen(object? sender, IWebSocket socket) => socket.FrameReceived += (_, frame) =>
        {
            // The first time the server renders the page for the open connection. Buttons work from then on.
            if (frame.Binary is { } bytes && bytes.AsSpan().IndexOf("JS.RenderBatch"u8) >= 0) rendered.TrySetResult();
        };
        Page.WebSocket += Listen;
        await Page.GotoAsync(address);
        await rendered.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Page.WebSocket -= Listen;
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    /// <summary>The serious faults that axe-core finds on the page as it is, and whether one must scroll sideways to read it.</summary>
    public async Task<string> FindFaultsAsync()
    {
        StringBuilder faults = new();
        AxeResult result = await Page.RunAxe(new AxeRunOptions { ResultTypes = [ResultType.Violations] });
        Assert.NotEmpty(result.Passes);
        foreach (AxeResultItem rule in result.Violations.Where(rule => rule.Impact is "serious" or "critical"))
            foreach (AxeResultNode node in rule.Nodes)
                faults.AppendLine(CultureInfo.InvariantCulture, $"{rule.Id}: {rule.Help}: {node.Html}");
        string wide = await Page.EvaluateAsync<string>("""
            () => {
              const root = document.documentElement;
              if (root.scrollWidth <= root.clientWidth) return "";
              const isWide = element => element.getBoundingClientRect().right > root.clientWidth + 1;
              const wide = [...document.body.querySelectorAll("*")].filter(isWide);
              return wide.slice(0, 3).map(element => element.outerHTML.slice(0, 200)).join("\n");
            }
            """);
        if (wide.Length > 0) faults.AppendLine(CultureInfo.InvariantCulture, $"wider than the window: {wide}");
        return faults.ToString();
    }
}
