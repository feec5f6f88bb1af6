using Aphorist.LoadTest;
using Xunit;

namespace Aphorist.Server.Tests.Clients;

/// <summary>A load test does not succeed without having measured something.</summary>
public sealed class LoadTestReportTests
{
    private static readonly string[] Scenarios = ["throughput", "batching", "full-queue", "streams"];

    [Theory]
    [InlineData("--seconds 3", "No scenario")]
    [InlineData("unknown", "'unknown' is neither")]
    [InlineData("streams --seconds", "--seconds needs a value")]
    [InlineData("streams --seconds 0", "--seconds needs a number from 1")]
    [InlineData("streams --url localhost", "--url needs an address")]
    [InlineData("all --pid 1", "--pid needs --url")]
    [InlineData("batching --url http://localhost", "'batching' starts its own server")]
    [InlineData("streams full-queue --url http://localhost", "'full-queue' starts its own server")]
    [InlineData("all --url http://localhost --command aphorist", "Use either --url or --command")]
    [InlineData("throughput --svg chart.svg", "--svg needs the scenario 'streams'")]
    [InlineData("all --json no/such/folder/figures.json", "The folder of 'no/such/folder/figures.json' does not exist")]
    public void Settings_WrongArguments_AreRefused(string arguments, string message) => Assert.StartsWith(
        message, Assert.Throws<FormatException>(() => Settings.Parse(arguments.Split(' '), Scenarios)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("all", "throughput batching full-queue streams")]
    [InlineData("all --url http://localhost --pid 1", "throughput streams")]
    [InlineData("streams throughput streams", "streams throughput")]
    public void Settings_Scenarios_AreThoseThatCanRun(string arguments, string scenarios)
    {
        using Settings settings = Settings.Parse(arguments.Split(' '), Scenarios);
        Assert.Equal(scenarios.Split(' '), settings.Scenarios);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(0.5, false)]
    [InlineData(double.NaN, false)]
    [InlineData(double.PositiveInfinity, false)]
    public void Figure_ThatIsNotWithinItsLimitsOrNotMeasured_IsNotOk(double value, bool isOk)
    {
        Assert.Equal(isOk, new Figure("streams", "speed", value, "", 1, 2).IsOk);
        Assert.Equal(double.IsFinite(value), new Figure("streams", "speed", value, "", null, null).IsOk);
    }

    [Fact]
    public async Task Server_WithoutAKnownProcess_HasNoProcessorTimeAndMemory()
    {
        await using ServerProcess server = ServerProcess.Attach(new Uri("http://localhost"), null);
        Assert.Equal((double.NaN, double.NaN), (server.CpuSeconds, server.Megabytes));
    }

    [Fact]
    public async Task Server_ThatDoesNotAnswer_IsAnError()
    {
        using Settings settings = Settings.Parse(["throughput", "--url", "http://127.0.0.1:1"], Scenarios);
        IOException error = await Assert.ThrowsAsync<IOException>(() => settings.StartServerAsync(TestModel.Notebook));
        Assert.StartsWith("The server at http://127.0.0.1:1/ does not answer", error.Message, StringComparison.Ordinal);
    }
}
