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
            "The file 'names' was opened. The catalog has a corpus of this name, too: to open that, rename the file.",
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

    [Fact]
    public async Task Open_EntryWithAFileOfItsName_IsTheCatalogs()
    {
        folder.Write("names", "mine");
        Corpus corpus = await Corpus.OpenAsync(CorpusCatalog.Get("names"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((17_247, 0), (corpus.CharacterCount, corpus.Notes.Count));
    }
}
