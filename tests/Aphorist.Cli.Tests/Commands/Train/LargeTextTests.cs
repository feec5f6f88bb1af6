using System.Text;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>A text that is too large for memory and is prepared in a cache on disk. An environment variable names the cache.</summary>
public sealed class LargeTextTests(LargeTextTests.LargeText text) : IClassFixture<LargeTextTests.LargeText>, IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private string[] Call => ["train", text.Path, "--minutes", "0.002", "--validation", "0", "--samples", "true", "--hidden", "8"];

    [Fact]
    public void Train_SecondTime_DoesNotPrepareAgain()
    {
        AphoristProcess.Run(folder.Path, [.. Call, "--run", "one"]).Expect(0).ExpectError("Preparing large.txt, 70.");
        Assert.DoesNotContain(
            "Preparing", AphoristProcess.Run(folder.Path, [.. Call, "--run", "two"]).Expect(0).Error, StringComparison.Ordinal);

        CommandResult listed = AphoristProcess.Run(folder.Path, "corpora").Expect(0);
        Assert.Contains($"Large corpora are cached in {folder["prepared"]}: 1 file, ", listed.Error, StringComparison.Ordinal);

        folder.Write("short.txt", TinyText.OfLength(3000));
        AphoristProcess.Run(folder.Path, "evaluate", "one", text.Path, "--tail", "0.00001").Expect(0);
        AphoristProcess.Run(folder.Path, "evaluate", "one", "short.txt").Expect(0);
    }

    [Fact]
    public void Train_WordsOfALargeText_AreCountedAndCutOnce()
    {
        string[] call = [.. Call, "--tokenizer", "words", "--run"];
        string first = AphoristProcess.Run(folder.Path, [.. call, "one"]).Expect(0).Error;
        Assert.Contains("Counting the words of large.txt", first, StringComparison.Ordinal);
        Assert.Contains("Tokenizing large.txt", first, StringComparison.Ordinal);

        string second = AphoristProcess.Run(folder.Path, [.. call, "two"]).Expect(0).Error;
        foreach (string work in (string[])["Preparing", "Counting", "Cutting"])
            Assert.DoesNotContain(work, second, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_KilledOrInterruptedWhilePreparing_LeavesNothingHalfMade()
    {
        Signal.SkipUnlessHeard("INT");
        string[] Parts() => Directory.Exists(folder["prepared"]) ? Directory.GetFiles(folder["prepared"], "*.part") : [];
        using (AphoristProcess process = AphoristProcess.Start(folder.Path, null, [.. Call, "--run", "one"]))
        {
            process.WaitUntil(() => Parts().Length > 0);
            process.Kill();
            process.Wait();
        }

        Assert.Empty(Directory.GetFiles(folder["prepared"], "*.prepared"));
        using (AphoristProcess process = AphoristProcess.Start(folder.Path, null, [.. Call, "--run", "one"]))
        {
            process.WaitUntil(() => Parts().Any(part => new FileInfo(part).Length is > 0 and < 50_000_000));
            process.Interrupt();
            CommandResult result = process.Wait().Expect(130);
            Assert.Contains("Preparing", result.Error, StringComparison.Ordinal);
        }

        Assert.Empty(Parts());
        AphoristProcess.Run(folder.Path, [.. Call, "--run", "one"]).Expect(0).ExpectError("Preparing");
    }

    [Fact]
    public void Train_NoPlaceForThePreparedText_SaysWhatToDo()
    {
        folder.Write("prepared", "a file in the way");
        AphoristProcess.Run(folder.Path, [.. Call, "--run", "one", "--quiet"]).ExpectSentence(1, "'large.txt'", "APHORIST_PREPARED");
        Assert.False(Directory.Exists(folder["one"]));
    }

    /// <summary>A file of 70 million bytes.</summary>
    public sealed class LargeText : IDisposable
    {
        private readonly TemporaryFolder folder = new();

        public LargeText()
        {
            byte[] page = Encoding.UTF8.GetBytes(TinyText.OfLength(100_000).Replace("hen", "h\u00E9n", StringComparison.Ordinal));
            using FileStream file = File.Create(Path);
            while (file.Length < 70_000_000) file.Write(page);
        }

        public string Path => folder["large.txt"];

        public void Dispose() => folder.Dispose();
    }
}
