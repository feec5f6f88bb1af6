using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>Texts that cannot be trained on: each is reported in one sentence, and no run folder is left.</summary>
public sealed class BadTextTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_NoSuchFile_SaysSo() => Fails(folder["nowhere.txt"], "nowhere.txt");

    [Fact]
    public void Train_MistypedName_NamesTheNearest() => Fails("aphorism", "'aphorism'", "'aphorisms'");

    [Fact]
    public void Train_EmptyFile_SaysSo() => Fails(folder.Write("empty.txt", ""), "empty.txt", "empty");

    [Fact]
    public void Train_TextShorterThanWindow_SaysHowLong() =>
        Fails(folder.Write("short.txt", TinyText.OfLength(50)[..50]), "short.txt", "50", "60", "--window");

    [Fact]
    public void Train_TextAsLongAsWindow_SaysHowLong() =>
        Fails(folder.Write("short.txt", TinyText.OfLength(60)[..60]), "short.txt", "60");

    [Fact]
    public void Train_OneDistinctCharacter_SaysSo() =>
        Fails(folder.Write("same.txt", new string('a', 500)), "same.txt", "fewer than two distinct");

    [Fact]
    public void Train_BinaryFile_SaysSo() =>
        Fails(folder.Write("program.bin", [.. Enumerable.Range(0, 4000).Select(value => (byte)(value % 7))]), "program.bin", "binary");

    [Fact]
    public void Train_WrongEncoding_NamesFileAndOffset() =>
        Fails(
            folder.Write("old.txt", [.. "caf"u8, 0xE9, .. " au lait. "u8, .. new byte[200].Select(_ => (byte)'x')]), "old.txt", "3",
            "name its encoding");

    [Fact]
    public void Train_UnknownEncoding_SaysSo()
    {
        folder.Write("tiny.txt", TinyText.OfLength(500));
        AphoristApp.Run("train", folder["tiny.txt"], "--encoding", "klingon", "--run", folder["run"])
            .ExpectSentence(2, "--encoding", "klingon");
    }

    [Fact]
    public void Train_RunFolderCannotBeMade_SaysSo()
    {
        folder.Write("tiny.txt", TinyText.OfLength(900));
        folder.Write("file", "in the way");
        AphoristApp.Run("train", folder["tiny.txt"], "--run", folder["file/run"]).ExpectSentence(1, "file", "--run");
    }

    [Fact]
    public void Train_EmptyStandardInput_SaysSo() =>
        AphoristApp.RunWith("", "train", "-").ExpectSentence(1, "standard input");

    private void Fails(string corpus, params string[] parts)
    {
        AphoristApp.Run("train", corpus, "--run", folder["run"]).ExpectSentence(ExitCode.Failed, parts);
        Assert.False(Directory.Exists(folder["run"]));
    }
}
