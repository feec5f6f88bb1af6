using System.Globalization;
using Aphorist.Text;
using Xunit;

namespace Aphorist.Tests.Text.Catalog;

/// <summary>A path that exists takes precedence over a catalog name. Only a relative path can look like one.</summary>
[Collection("Alone")]
public sealed class CorpusPrecedenceTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string workingFolder = Directory.GetCurrentDirectory();

    public CorpusPrecedenceTests() => Directory.SetCurrentDirectory(folder.Path);

    public void Dispose()
    {
        Directory.SetCurrentDirectory(workingFolder);
        folder.Dispose();
    }

    [Fact]
    public async Task Open_FileNamedLikeACorpus_IsOpenedWithANote()
    {
        folder.Write("names", "mine");
        Corpus corpus = await Corpus.OpenAsync("names", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("mine", corpus.Text);
        Assert.Equal(
            "The file 'names' was opened. To open the catalog's corpus of this name, use 'catalog:names'.",
            Assert.Single(corpus.Notes));
    }

    [Fact]
    public async Task Open_FolderNamedLikeACorpus_IsOpenedWithANote()
    {
        folder.Write("Aphorisms/a.txt", "also mine");
        Corpus corpus = await Corpus.OpenAsync("Aphorisms", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("also mine", corpus.Text);
        Assert.StartsWith("The folder 'Aphorisms' was opened.", Assert.Single(corpus.Notes));
    }

    [Theory]
    [InlineData("catalog:names")]
    [InlineData("Catalog:Names")]
    public async Task Open_PrefixedNameWithAFileOfItsName_IsTheCatalogs(string source)
    {
        folder.Write("names", "mine");
        Corpus corpus = await Corpus.OpenAsync(source, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((17_247, 0), (corpus.CharacterCount, corpus.Notes.Count));
    }

    [Fact]
    public async Task Open_PrefixWithoutAName_ListsTheCatalog() => Assert.Contains(
        "There is no corpus 'nmaes' (did you mean 'names'?)",
        (await Assert.ThrowsAsync<CorpusException>(() => OpenAsync("catalog:nmaes"))).Message);

    [Theory]
    [InlineData("names", "")]
    [InlineData("names/nothing.md", "text")]
    [InlineData("names/empty.txt", "")]
    public async Task Open_UnusableFileOrFolderNamedLikeACorpus_SaysHowToOpenTheCatalogs(string path, string content)
    {
        folder.Write(path, content);
        CorpusException exception = await Assert.ThrowsAsync<CorpusException>(() => OpenAsync("names"));
        Assert.EndsWith("To open the catalog's corpus of this name, use 'catalog:names'.", exception.Message);
    }

    [Fact]
    public async Task Open_CatalogNameBesideATextFileOfItsName_NotesTheFile()
    {
        folder.Write("names.txt", "mine");
        Assert.Equal(
            "The catalog's corpus 'names' was opened. To open the file 'names.txt', give its name with the extension.",
            Assert.Single((await OpenAsync("names")).Notes));
        Assert.Equal("mine", (await OpenAsync("names.txt")).Text);
    }

    [Theory]
    [InlineData("-", "-")]
    [InlineData("NAMES", "catalog:names")]
    [InlineData("catalog:names", "catalog:names")]
    [InlineData("fables", "{0}/fables")]
    [InlineData("fables/a.txt", "{0}/fables/a.txt")]
    [InlineData("fables/*.txt", "{0}/fables/*.txt")]
    public void AbsoluteName_AnySource_MeansTheSameInAnotherFolder(string source, string expected)
    {
        folder.Write("fables/a.txt", "mine");
        string lasting = CorpusSource.Of(source).AbsoluteName;
        Assert.Equal(string.Format(CultureInfo.InvariantCulture, expected, Directory.GetCurrentDirectory()), lasting);
        Directory.SetCurrentDirectory(Path.GetTempPath());
        Assert.Equal(lasting, CorpusSource.Of(lasting).AbsoluteName);
    }

    [Fact]
    public async Task Open_EntryWithAFileOfItsName_IsTheCatalogs()
    {
        folder.Write("names", "mine");
        Corpus corpus = await Corpus.OpenAsync(CorpusCatalog.Get("names"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((17_247, 0), (corpus.CharacterCount, corpus.Notes.Count));
    }

    private static Task<Corpus> OpenAsync(string source) =>
        Corpus.OpenAsync(source, cancellationToken: TestContext.Current.CancellationToken);
}
