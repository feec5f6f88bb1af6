using Xunit;

namespace Aphorist.Server.Tests;

public sealed class HealthTests
{
    [Fact]
    public async Task Health_OfAStartedServer_IsOk()
    {
        await using RunningServer server = await RunningServer.StartAsync(_ => { });
        Assert.Equal("ok", await server.Client.GetStringAsync(new Uri("health", UriKind.Relative), TestContext.Current.CancellationToken));
    }
}
