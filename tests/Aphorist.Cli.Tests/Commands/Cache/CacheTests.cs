using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Cache;

public sealed class CacheTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public CacheTests()
    {
        Directory.CreateDirectory(folder["downloads"]);
        Directory.CreateDirectory(folder["prepared"]);
        folder.Write("downloads/nietzsche.txt", "downloaded");
        folder.Write("downloads/mine.txt", "not of the catalog");
        folder.Write("prepared/large-txt-01.prepared", "cached");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Cache_Listed_HasNamesSizesAndPaths()
    {
        CommandResult listed = AphoristProcess.Run(folder.Path, "cache").Expect(0);
        string[] download = ["nietzsche", "download", "10 bytes", folder["downloads/nietzsche.txt"]];
        string[] text = ["large-txt-01", "text", "6 bytes", folder["prepared/large-txt-01.prepared"]];
        foreach (string part in (string[])[.. download, .. text])
            Assert.Contains(part, listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", listed.Output, StringComparison.Ordinal);
        Assert.Contains("2 files, 16 bytes.", listed.Error, StringComparison.Ordinal);
        Assert.Contains(folder["downloads"], listed.Error, StringComparison.Ordinal);
        Assert.Contains(folder["prepared"], listed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Cache_Json_IsOneObjectALine()
    {
        string[] lines = AphoristProcess.Run(
            folder.Path, "cache", "--json").Expect(0).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        JsonElement[] files = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["nietzsche", "large-txt-01"], files.Select(file => file.GetProperty("name").GetString()));
        Assert.Equal(["download", "text"], files.Select(file => file.GetProperty("kind").GetString()));
        Assert.Equal([10, 6], files.Select(file => file.GetProperty("bytes").GetInt64()));
        Assert.Equal(folder["prepared/large-txt-01.prepared"], files[1].GetProperty("path").GetString());
        Assert.Equal(DateTime.UtcNow, files[1].GetProperty("lastUsed").GetDateTime(), TimeSpan.FromHours(1));
    }

    [Fact]
    public void CacheClear_NoName_DeletesEverythingInIt()
    {
        Assert.Equal("Deleted 2 files, 16 bytes.\n", AphoristProcess.Run(folder.Path, "cache", "clear").Expect(0).Output);
        Assert.Equal([folder["downloads/mine.txt"]], Directory.GetFiles(folder["downloads"]));
        Assert.Empty(Directory.GetFiles(folder["prepared"]));
        Assert.Equal("Deleted 0 files, 0 bytes.\n", AphoristProcess.Run(folder.Path, "cache", "clear").Expect(0).Output);
        Assert.Equal("", AphoristProcess.Run(folder.Path, "cache").Expect(0).Output);
    }

    [Fact]
    public void CacheClear_Name_DeletesOnlyItsFiles()
    {
        string line = AphoristProcess.Run(folder.Path, "cache", "clear", "Nietzsche", "--json").Expect(0).Output;
        Assert.Equal("nietzsche", JsonDocument.Parse(line).RootElement.GetProperty("name").GetString());
        Assert.False(File.Exists(folder["downloads/nietzsche.txt"]));
        Assert.True(File.Exists(folder["prepared/large-txt-01.prepared"]));
    }

    [Fact]
    public void CacheClear_UnknownName_DeletesNothing()
    {
        AphoristProcess.Run(folder.Path, "cache", "clear", "nietzsche", "lost").ExpectSentence(1, "'lost'", "aphorist cache");
        Assert.True(File.Exists(folder["downloads/nietzsche.txt"]));
    }
}
