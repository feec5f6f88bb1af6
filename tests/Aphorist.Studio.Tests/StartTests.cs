using System.Net;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Studio.Tests;

public sealed class StartTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/runs/new")]
    [InlineData("/write")]
    [InlineData("/inside")]
    [InlineData("/models")]
    [InlineData("/learn")]
    public async Task Page_SignedIn_IsShown(string path)
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        Assert.Contains("<h1", await client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Start_TemporaryFilesOfAKilledStudio_AreDeleted()
    {
        using TemporaryFolder folder = new();
        string left = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, ".studio/tmp")).FullName, "left");
        await File.WriteAllTextAsync(left, "half", TestContext.Current.CancellationToken);
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task Page_UnknownAddress_SaysSo()
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = await studio.SignInAsync();
        CancellationToken cancelled = TestContext.Current.CancellationToken;
        using HttpResponseMessage response = await client.GetAsync(new Uri("/nowhere", UriKind.Relative), cancelled);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("Page not found", await response.Content.ReadAsStringAsync(cancelled));
    }

    [Fact]
    public async Task Page_WithoutToken_IsRefused()
    {
        using TemporaryFolder folder = new();
        await using RunningStudio studio = await RunningStudio.StartAsync(folder.Path);
        using HttpClient client = new() { BaseAddress = studio.Address };
        using HttpResponseMessage response = await client.GetAsync(
            new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }
}
