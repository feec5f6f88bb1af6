using Xunit;

namespace Aphorist.Server.Tests.Models;

public sealed class ModelCatalogTests
{
    [Theory]
    [InlineData("/a/shakespeare.safetensors", "shakespeare")]
    [InlineData("shakespeare", "shakespeare")]
    [InlineData("V1.2.SafeTensors", "V1.2")]
    [InlineData("西游记.safetensors", "西游记")]
    [InlineData("hidden=128_dropout=0.2", "hidden=128_dropout=0.2")]
    [InlineData("my model.safetensors", "my-model")]
    [InlineData("a?b#c%2F&d\"e<f>\u0001.safetensors", "a-b-c-2F-d-e-f--")]
    [InlineData("..safetensors", "model")]
    [InlineData("....safetensors", "model")]
    public void NameOf_APath_IsSafe(string path, string expected) => Assert.Equal(expected, ModelCatalog.NameOf(path));

    [Fact]
    public async Task List_OfFilesRunsAndFolders_HasAllOfThem()
    {
        await using StoreFixture fixture = new();
        ModelFolder folder = fixture.Folder;
        folder.Save("many/b.safetensors");
        folder.Save("many/a.safetensors");
        folder.Save("many/run/model.safetensors");
        folder.Save("many/run/last.safetensors", seed: 1);
        folder.Save("many/started/last.safetensors");
        Directory.CreateDirectory(folder["many/empty"]);
        folder.Save("many/deep/er/c.safetensors");
        await File.WriteAllTextAsync(folder["many/notes.txt"], "", TestContext.Current.CancellationToken);
        folder.Save("one.safetensors");
        folder.Save("two/model.safetensors");
        fixture.Options.Models = [folder["many"], folder["one.safetensors"], folder["two"]];
        Assert.Equal(["one", "two", "a", "b", "run", "started"], fixture.Names);
        Assert.EndsWith("model.safetensors", fixture.Store.Find("run")!.Path);
        Assert.EndsWith("last.safetensors", fixture.Store.Find("started")!.Path);
        Assert.Equal(new FileInfo(folder["one.safetensors"]).Length, fixture.Store.Find("one")!.Bytes);
        Assert.Equal(File.GetLastWriteTimeUtc(folder["one.safetensors"]), fixture.Store.Find("one")!.Created.UtcDateTime);
    }

    [Fact]
    public async Task List_AfterAChangeInAFolder_ShowsIt()
    {
        await using StoreFixture fixture = new();
        string first = fixture.Folder.Save("a.safetensors");
        Assert.Equal(["a"], fixture.Names);
        fixture.Folder.Save("b/last.safetensors");
        File.Delete(first);
        Assert.Equal(["a"], fixture.Names);
        fixture.NextCheck();
        Assert.Equal(["b"], fixture.Names);
        Directory.Delete(fixture.Folder["b"], recursive: true);
        fixture.NextCheck();
        Assert.Empty(fixture.Names);
    }

    [Fact]
    public async Task List_OfARunThatStarts_HasItsModelOnceThereIsOne()
    {
        await using StoreFixture fixture = new();
        Directory.CreateDirectory(fixture.Folder["run"]);
        await File.WriteAllTextAsync(fixture.Folder["run/options.json"], "{}", TestContext.Current.CancellationToken);
        fixture.Options.Models = [fixture.Folder["run"]];
        Assert.Empty(fixture.Names);
        fixture.Folder.Save("run/last.safetensors");
        fixture.NextCheck();
        Assert.Equal(["run"], fixture.Names);
    }

    [Fact]
    public async Task Constructor_TwoFilesWithOneName_Refuses()
    {
        await using StoreFixture fixture = new();
        fixture.Options.Models = [fixture.Folder.Save("x/a.safetensors"), fixture.Folder.Save("y/a.safetensors")];
        InvalidOptionsException error = Assert.Throws<InvalidOptionsException>(() => fixture.Store);
        Assert.Equal("Models", error.PropertyName);
        Assert.Contains(fixture.Folder["x/a.safetensors"], error.Message, StringComparison.Ordinal);
        Assert.Contains("served as 'a'", error.Message, StringComparison.Ordinal);
        fixture.Options.Models = [];
    }

    [Fact]
    public async Task Constructor_OneFileTwice_HasItOnce()
    {
        await using StoreFixture fixture = new();
        string file = fixture.Folder.Save("a.safetensors");
        fixture.Options.Models = [file, file, Path.Combine(fixture.Folder.Path, ".", "a.safetensors"), fixture.Folder.Path];
        Assert.Equal(["a"], fixture.Names);
        Assert.Empty(fixture.Log);
    }

    [Theory]
    [InlineData("missing.safetensors")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task Constructor_APathWithoutAFile_Refuses(string path)
    {
        await using StoreFixture fixture = new();
        fixture.Options.Models = [path];
        Assert.Contains(path, Assert.Throws<InvalidOptionsException>(() => fixture.Store).Message, StringComparison.Ordinal);
        fixture.Options.Models = [];
    }

    [Fact]
    public async Task List_TwoFoldersWithOneName_HasTheFirstAndWarnsOnce()
    {
        await using StoreFixture fixture = new();
        string first = fixture.Folder.Save("x/a.safetensors"), second = fixture.Folder.Save("y/a.safetensors");
        fixture.Options.Models = [fixture.Folder["x"], fixture.Folder["y"]];
        Assert.Equal(first, Assert.Single(fixture.Store.List()).Path);
        for (int check = 0; check < 3; check++)
        {
            fixture.NextCheck();
            fixture.Store.List();
        }

        Assert.Equal(
            $"'{second}' is not served, because '{first}' has the same name 'a'. Rename one of them.", Assert.Single(fixture.Log));
    }

    [Fact]
    public async Task List_LinksInAFolder_AreNotFollowed()
    {
        await using StoreFixture fixture = new();
        ModelFolder folder = fixture.Folder;
        string secret = folder.Save("secret/model.safetensors");
        folder.Save("served/a.safetensors");
        Directory.CreateDirectory(folder["served/run"]);
        if (!TryLink(folder["served/file.safetensors"], secret)) Assert.Skip("This system does not allow links.");
        Directory.CreateSymbolicLink(folder["served/folder"], folder["secret"]);
        File.CreateSymbolicLink(folder["served/run/model.safetensors"], secret);
        fixture.Options.Models = [folder["served"]];
        Assert.Equal(["a"], fixture.Names);
    }

    [Fact]
    public async Task List_ALinkThatIsNamed_IsServedAndItsTargetWatched()
    {
        await using StoreFixture fixture = new();
        string target = fixture.Folder.Save("versions/1.safetensors"), link = fixture.Folder["current.safetensors"];
        if (!TryLink(link, target)) Assert.Skip("This system does not allow links.");
        fixture.Options.Models = [link];
        string before = await fixture.UseAsync("current");
        ModelFolder.Replace(target, seed: 1);
        fixture.NextCheck();
        Assert.NotEqual(before, await fixture.UseAsync("current"));
        File.Delete(target);
        fixture.NextCheck();
        Assert.Empty(fixture.Names);
    }

    private static bool TryLink(string link, string target)
    {
        try
        {
            File.CreateSymbolicLink(link, target);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
