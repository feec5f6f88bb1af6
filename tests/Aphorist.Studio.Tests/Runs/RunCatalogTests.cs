using Aphorist.Studio.Hosting;
using Aphorist.Studio.Runs;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Studio.Tests.Runs;

public sealed class RunCatalogTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task List_RunsAndSweeps_FindsAllButDeletedOnes()
    {
        RunCatalog catalog = new(Workspace.Open(folder.Path));
        Assert.Empty(catalog.List());
        await TinyRun.CreateAsync(folder.Path, "one", 1);
        await TinyRun.CreateAsync(folder.Path, "sweep/hidden=8", 1);
        await TinyRun.CreateAsync(folder.Path, ".studio/trash/0/gone", 1);
        folder.Write("damaged/options.json", "{");
        folder.Write("other/notes.txt", "no run");
        Assert.Equal(["one", "sweep/hidden=8"], catalog.List().Select(run => run.Name).Order());
        Directory.Delete(folder["one"], recursive: true);
        Assert.Equal(["sweep/hidden=8"], catalog.List().Select(run => run.Name));
        Assert.Null(catalog.Find("one"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("runs/../../outside")]
    [InlineData(".studio")]
    [InlineData(".studio/trash")]
    [InlineData("/etc")]
    [InlineData("one/")]
    [InlineData("one\0")]
    [InlineData("..\\outside")]
    [InlineData("linked")]
    public async Task Find_NamesThatLeadElsewhere_AreNotFound(string name)
    {
        string root = Directory.CreateDirectory(folder["runs"]).FullName;
        RunCatalog catalog = new(Workspace.Open(root));
        await TinyRun.CreateAsync(root, "one", 1);
        await TinyRun.CreateAsync(folder.Path, "outside", 1);
        Directory.CreateSymbolicLink(Path.Combine(root, "linked"), folder["outside"]);
        Assert.NotNull(catalog.Find("one"));
        Assert.Null(catalog.Find(name));
        Assert.Single(catalog.List());
    }
}
