using Aphorist.Studio.Hosting;
using Aphorist.Studio.Models;
using Aphorist.Studio.Runs;
using Aphorist.Tests;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Aphorist.Studio.Tests.Models;

public sealed class ModelLibraryTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private RunningStudio studio = null!;

    private ModelLibrary Library => studio.Services.GetRequiredService<ModelLibrary>();

    public async ValueTask InitializeAsync()
    {
        ModelFiles.Save(folder.Path, "fables");
        Directory.CreateDirectory(PathOf("run"));
        ModelFiles.Save(PathOf("run"), "model");
        await File.WriteAllTextAsync(PathOf("run/notes.txt"), "kept");
        studio = await RunningStudio.StartAsync(folder.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await studio.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public void List_FileAndRun_SaysWhatTheyAre()
    {
        Assert.Equal(["fables", "run"], Library.List().Select(model => model.Name).Order());
        ModelSummary file = Library.Find("fables")!;
        Assert.Null(file.Run);
        Assert.Equal(ModelFiles.Create().Parameters.Count, file.About!.Parameters);
        Assert.Equal("run", Library.Find("run")!.Run);
        Assert.Null(Library.Find("../fables"));
    }

    [Fact]
    public void Delete_File_CanBeUndone()
    {
        Action undo = Library.Delete(Library.Find("fables")!);
        Assert.Null(Library.Find("fables"));
        Assert.False(File.Exists(PathOf("fables.safetensors")));
        undo();
        Assert.NotNull(Library.Find("fables"));
    }

    [Fact]
    public void Delete_Run_MovesItsWholeFolderAndBack()
    {
        Action undo = Library.Delete(Library.Find("run")!);
        Assert.False(Directory.Exists(PathOf("run")));
        undo();
        Assert.Equal("kept", File.ReadAllText(PathOf("run/notes.txt")));
        Assert.NotNull(Library.Find("run"));
    }

    [Theory]
    [InlineData("fables", "new name", "new-name", "new-name.safetensors")]
    [InlineData("fables", "../../up.safetensors", "up", "up.safetensors")]
    [InlineData("fables", "寓言 2", "寓言-2", "寓言-2.safetensors")]
    [InlineData("run", "other", "other", "other/notes.txt")]
    public void Rename_AnyText_GivesASafeNameInTheFolder(string name, string wanted, string expected, string file)
    {
        Assert.Equal(expected, Library.Rename(Library.Find(name)!, wanted));
        Assert.NotNull(Library.Find(expected));
        Assert.Null(Library.Find(name));
        Assert.True(File.Exists(PathOf(file)));
    }

    [Theory]
    [InlineData("fables", "run")]
    [InlineData("run", "fables")]
    [InlineData("fables", "model")]
    [InlineData("fables", "last.safetensors")]
    public void Rename_TakenName_IsRefused(string name, string wanted)
    {
        NameTakenException refusal = Assert.Throws<NameTakenException>(() => Library.Rename(Library.Find(name)!, wanted));
        Assert.Equal(Path.GetFileNameWithoutExtension(wanted), refusal.Name);
        Assert.Equal(2, Library.List().Count);
    }

    [Fact]
    public void Add_TakenName_TakesTheNextFreeOne()
    {
        Assert.Equal("fables-2", Library.Add(ModelFiles.Create(), "fables"));
        Assert.Equal("run-2", Library.Add(ModelFiles.Create(), "run.safetensors"));
        Assert.Equal(4, Library.List().Count);
    }

    [Fact]
    public void Find_ReplacedFile_ShowsTheNewOne()
    {
        Assert.Equal(8, Library.Find("fables")!.About!.Spec.HiddenSize);
        ModelFiles.Save(folder.Path, "fables", new() { HiddenSize = 16 });
        Workspace workspace = studio.Services.GetRequiredService<Workspace>();
        File.Delete(Path.Combine(workspace.Folder, "run/model.safetensors"));
        studio.Services.GetRequiredService<Aphorist.Server.ModelStore>().Refresh();
        Assert.Equal(16, Library.Find("fables")!.About!.Spec.HiddenSize);
        Assert.Null(Library.Find("run"));
    }

    private string PathOf(string name) => Path.Combine(folder.Path, name);
}
