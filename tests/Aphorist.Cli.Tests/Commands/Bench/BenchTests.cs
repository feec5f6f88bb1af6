using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Bench;

public sealed class BenchTests
{
    [Fact]
    public void Bench_Json_IsOneObjectOfNamedFigures()
    {
        JsonElement figures = AphoristApp.Run("bench", "--seconds", "0.02", "--json").Expect(0).Json();
        string[] names = ["peakFlopsOneThread", "peakFlops", "gemmFlops", "stepSeconds", "epochSeconds", "readBytesPerSecond"];
        foreach (string name in names)
            Assert.True(figures.GetProperty(name).GetDouble() > 0, $"{name} is missing.");
        foreach (string name in new[] { "gemmShare", "stepShare" })
            Assert.True(figures.GetProperty(name).GetDouble() > 0, $"{name} is missing.");
        foreach (string name in new[] { "stateful", "strategies", "many", "window", "large", "largeMany" })
        {
            Assert.True(figures.GetProperty(name + "CharactersPerSecond").GetDouble() > 0, $"The rate of {name} is missing.");
            Assert.True(figures.GetProperty(name + "Share").GetDouble() > 0, $"The share of {name} is missing.");
        }
    }
}
