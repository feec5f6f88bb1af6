using System.Text;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class CorpusReadTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_OneFile_IsNamedAfterIt()
    {
        Corpus corpus = Corpus.Read(folder.Write("verse.md", "Roses\r\n"), new CorpusOptions { Lowercase = true });
        Assert.Equal(("verse.md", "roses\n", 6, true), (corpus.Name, corpus.Text, corpus.CharacterCount, corpus.Normalization.Lowercase));
    }

    [Fact]
    public void Read_SeveralFiles_AreJoinedByALineFeedWhereOneIsMissing()
    {
        Corpus corpus = Corpus.Read([folder.Write("b.txt", "b"), folder.Write("a.txt", "a\r"), folder.Write("c.txt", "c")]);
        Assert.Equal(("b\na\nc", "b.txt and 2 more"), (corpus.Text, corpus.Name));
    }

    [Fact]
    public void Read_Folder_TakesItsTextFilesSortedByPath()
    {
        folder.Write("b.txt", "b");
        folder.Write("a/z.txt", "z");
        folder.Write("B.TXT", "B");
        folder.Write("empty.txt", "");
        folder.Write("picture.png", [0, 1]);
        Corpus corpus = Corpus.Read(folder.Path);
        Assert.Equal("B\nz\nb", corpus.Text);
        Assert.Equal(Path.GetFileName(folder.Path), corpus.Name);
    }

    [Theory]
    [InlineData("*.txt", "a c")]
    [InlineData("?.md", "b")]
    [InlineData("**/*.txt", "a c d e")]
    [InlineData("sub/**", "d e")]
    [InlineData("**/deep/*", "e")]
    [InlineData("s*/*.txt", "d")]
    public void Read_Glob_MatchesAsInAShell(string glob, string expected)
    {
        foreach (string path in (string[])["a.txt", "b.md", "c.txt", "sub/d.txt", "sub/deep/e.txt", ".hidden.txt"])
            folder.Write(path, Path.GetFileNameWithoutExtension(path));
        Assert.Equal(expected, Corpus.Read(folder[glob]).Text.Replace('\n', ' '));
    }

    [Fact]
    public void Read_LinkBackToAFolder_IsNotFollowed()
    {
        folder.Write("a.txt", "a");
        Directory.CreateSymbolicLink(folder["again"], folder.Path);
        Assert.Equal("a", Corpus.Read(folder.Path).Text);
    }

    [Fact]
    public void Read_FilesOfDifferentEncodings_EachFollowsItsMark()
    {
        string[] paths = [folder.Write("a.txt", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("é")]), folder.Write("b.txt", "ü")];
        Assert.Equal("é\nü", Corpus.Read(paths).Text);
    }

    [Fact]
    public void Read_StandardInput_IsOneOfTheSources()
    {
        using MemoryStream input = new("typed"u8.ToArray());
        Assert.Equal("file\ntyped", Corpus.Read([folder.Write("a.txt", "file"), "-"], standardInput: input).Text);
    }

    [Fact]
    public void Read_NoSuchFile_SaysWhereItLooked() =>
        Assert.Equal($"There is no file or folder 'lost.txt' (from {Directory.GetCurrentDirectory()}): check the path.", Message("lost.txt"));

    [Fact]
    public void Read_CatalogueNameWithEnding_SuggestsTheCatalogue() =>
        Assert.Contains("'nietzsche' without the ending is in the catalogue", Message(folder["nietzsche.txt"]));

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0xEF, 0xBB, 0xBF })]
    public void Read_EmptyFile_SaysSo(byte[] bytes)
    {
        string path = folder.Write("empty.txt", bytes);
        Assert.Equal($"'{path}' is empty: give a file with some text in it.", Message(path));
    }

    [Fact]
    public void Read_EmptyStandardInput_SaysSo() =>
        Assert.StartsWith("Nothing came from standard input", Assert.Throws<CorpusException>(() => Corpus.Read("-", standardInput: new MemoryStream())).Message);

    [Fact]
    public void Read_FolderWithoutText_SaysSo()
    {
        folder.Write("a.csv", "1");
        Assert.Equal($"'{folder.Path}' has no .txt file in it or below it: check the path, or name the files one by one.", Message(folder.Path));
    }

    [Fact]
    public void Read_FolderOfEmptyFiles_SaysSo()
    {
        folder.Write("a.txt", "");
        Assert.StartsWith($"All 1 files of '{folder.Path}' are empty", Message(folder.Path));
    }

    [Fact]
    public void Read_GlobWithoutMatch_SaysSo()
    {
        Assert.Contains("matches no file", Message(folder["*.txt"]));
        Assert.Contains("matches no file", Message(folder["no/such/*.txt"]));
    }

    [Fact]
    public void Read_NoSource_SaysWhatToGive() => Assert.StartsWith("No text was named", Assert.Throws<CorpusException>(() => Corpus.Read([])).Message);

    [Fact]
    public void Read_FileInUse_SaysItCannotBeRead()
    {
        string path = folder.Write("busy.txt", "a");
        using FileStream holder = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.StartsWith($"'{path}' cannot be read (", Message(path));
    }

    private static string Message(string source) => Assert.Throws<CorpusException>(() => Corpus.Read(source)).Message;
}
