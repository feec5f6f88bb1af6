namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>Standard streams that the caller has closed, and input that never comes.</summary>
public sealed class StandardStreamTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(">&-")]
    [InlineData("2>&-")]
    [InlineData(">&- 2>&- <&-")]
    public void Train_ClosedStreams_WritesTheSameModel(string closed)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        folder.Write("tiny.txt", TinyText.OfLength(1000));
        const string Call = "aphorist train tiny.txt --epochs 1 --window 20 --hidden 8 --samples false --run";

        AphoristProcess.RunInBash(folder.Path, $"{Call} closed {closed} && {Call} open").Expect(0);

        foreach (string file in (string[])["model.safetensors", "options.json"])
            Assert.Equal(File.ReadAllBytes(folder[$"open/{file}"]), File.ReadAllBytes(folder[$"closed/{file}"]));
    }

    [Theory]
    [InlineData(">&-", 0)]
    [InlineData("2>&-", 0)]
    public void Help_ClosedStream_Succeeds(string closed, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        AphoristProcess.RunInBash(".", $"aphorist --help {closed}").Expect(exitCode);
    }

    [Fact]
    public void Score_ClosedInput_SaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        AphoristProcess.RunInBash(".", $"aphorist score '{trained.Run}' - <&-").ExpectSentence(1, "standard input", "closed");
    }

    [Theory]
    [InlineData("generate MODEL --prompt -")]
    [InlineData("generate MODEL --prompt-file pipe")]
    [InlineData("evaluate MODEL pipe")]
    [InlineData("evaluate pipe text")]
    [InlineData("score MODEL -")]
    [InlineData("train - --run run")]
    [InlineData("train text --from pipe --run run")]
    [InlineData("info pipe")]
    [InlineData("export pipe --output model.onnx")]
    [InlineData("plot pipe")]
    [InlineData("import pipe --characters text --output model")]
    [InlineData("inspect MODEL pipe --output page.html")]
    public void Read_Terminated_EndsAtOnce(string call)
    {
        Signal.SkipUnlessHeard("TERM");
        string arguments = call.Replace("MODEL", $"'{trained.Run}'", StringComparison.Ordinal);
        // Standard input is a pipe into which nobody writes. The command has ended long before the sleep does.
        string lines = $"""
            mkfifo pipe idle; exec 9<>idle
            dotnet '{AphoristProcess.Assembly}' {arguments} <&9 & id=$!
            sleep 3; kill -TERM $id; wait $id; echo "code $?"
            """;
        AphoristProcess.RunInBash(folder.Path, lines).ExpectOutput("code 130");
    }

    [Theory]
    [InlineData("score MODEL -")]
    [InlineData("train - --run run --preset notebook --epochs 1 --window 10 --samples false")]
    [InlineData("generate MODEL --prompt - --length 3")]
    public void Read_Terminal_SaysThatItWaitsForInput(string call)
    {
        PseudoTerminal.SkipWhereMissing();
        string arguments = call.Replace("MODEL", trained.Run, StringComparison.Ordinal);
        string text = string.Concat(Enumerable.Repeat("the cat sat on the mat\\n", 20));
        // The end of input of a terminal is Ctrl-D at the beginning of a line.
        string lines = $"""
            (sleep 2; printf '{text}'; printf '\004') | script -qec "dotnet '{AphoristProcess.Assembly}' {arguments}" /dev/null
            """;
        AphoristProcess.RunInBash(folder.Path, lines).Expect(0).ExpectOutput("Reading from standard input. End it with Ctrl-D");
    }

    [Fact]
    public void Evaluate_PipeInFolder_IsSkippedWithANote()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no mkfifo on Windows.");
        folder.Write("texts/a.txt", "the cat sat on the mat.\n");
        AphoristProcess.RunInBash(folder.Path, "mkfifo texts/b.txt").Expect(0);
        AphoristApp.Run("evaluate", trained.Run, folder["texts"]).Expect(0).ExpectError("Skipped", "b.txt");
    }
}
