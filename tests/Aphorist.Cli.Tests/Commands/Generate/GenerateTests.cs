using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Generate;

public sealed class GenerateTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("stateful")]
    [InlineData("window")]
    public void Generate_SameSeed_WritesTheSameText(string mode)
    {
        string[] call = ["generate", trained.File, "--prompt", "the cat ", "--length", "100", "--seed", "3", "--mode", mode];
        string text = AphoristApp.Run(call).Expect(0).Output;

        Assert.StartsWith("the cat ", text, StringComparison.Ordinal);
        Assert.Equal("the cat ".Length + 100 + 1, text.Length);
        Assert.Equal(text, AphoristApp.Run(call).Expect(0).Output);
        call[7] = "4";
        Assert.NotEqual(text, AphoristApp.Run(call).Expect(0).Output);
    }

    [Theory]
    [InlineData("--frequency-penalty")]
    [InlineData("--presence-penalty")]
    public void Generate_WithANegativePenalty_RepeatsTheLastTokens(string option)
    {
        string[] call = ["generate", trained.File, "--prompt", "t", "--length", "30", "--seed", "3", option];

        Assert.Equal($"{new string('t', 31)}\n", AphoristApp.Run([.. call, "-10000"]).Expect(0).Output);
        AphoristApp.Run([.. call, "-10001"]).ExpectSentence(2, option, "-10000 to 10000");
    }

    [Fact]
    public void Generate_WithoutSeed_TellsTheOneItTook()
    {
        CommandResult first = AphoristApp.Run("generate", trained.Run).Expect(0);
        string seed = first.Error.Split(' ')[1];

        Assert.Equal(first.Output, AphoristApp.Run("generate", trained.Run, "--seed", seed, "--quiet").Expect(0).Output);
    }

    [Fact]
    public void Generate_PromptFromStandardInput_DropsItsLastLineEnd() => Assert.StartsWith(
        "the hen",
        AphoristApp.RunWith("the hen\n", "generate", trained.Run, "--prompt", "-", "--length", "0", "--quiet").Expect(0).Output,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("cat.\\nthe hen")]
    [InlineData("cat.\nthe hen")]
    public void Generate_PromptWithALineBreak_IsReadAsInStopSequences(string prompt) => Assert.StartsWith(
        "cat.\nthe hen",
        AphoristApp.Run("generate", trained.Run, "--prompt", prompt, "--length", "0", "--quiet").Expect(0).Output,
        StringComparison.Ordinal);

    [Fact]
    public void Generate_PromptWithTabAndBackslash_ReplacesThem() => AphoristApp.Run("generate", trained.Run, "--prompt", @"\t\\n")
        .ExpectSentence(2, "(U+0009), '\\' (U+005C). Change");

    [Fact]
    public void Generate_PromptFromFileOrStandardInput_IsLiteral()
    {
        string file = folder.Write("prompt.txt", @"cat.\nhen");
        AphoristApp.Run("generate", trained.Run, "--prompt-file", file).ExpectSentence(2, "'\\' (U+005C)");
        AphoristApp.RunWith(@"cat.\nhen", "generate", trained.Run, "--prompt", "-").ExpectSentence(2, "'\\' (U+005C)");
    }

    [Fact]
    public void Generate_UnknownCharacters_AreNamedOrSkipped()
    {
        string[] call = ["generate", trained.Run, "--prompt", "the cat €7", "--seed", "1", "--length", "20"];
        AphoristApp.Run(call).ExpectSentence(2, "'€' (U+20AC)", "'7' (U+0037)", "--unknown skip");

        CommandResult skipped = AphoristApp.Run([.. call, "--unknown", "skip"]).Expect(0);

        Assert.Contains("U+20AC", skipped.Error, StringComparison.Ordinal);
        Assert.StartsWith("the cat ", skipped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Generate_CapitalsForALowerCaseModel_AreUnderstood() =>
        AphoristApp.Run("generate", trained.Run, "--prompt", "THE CAT ", "--length", "5").Expect(0);

    [Fact]
    public void Generate_ToFile_HoldsPromptAndText()
    {
        CommandResult result = AphoristApp.Run(
            "generate", trained.Run, "--prompt", "the ", "--length", "50", "--seed", "1", "--output", folder["text.txt"]).Expect(0);

        Assert.Equal("", result.Output);
        Assert.Equal(54, File.ReadAllText(folder["text.txt"]).Length);
    }

    [Fact]
    public void Generate_DiskFull_SaysSo()
    {
        string full = SpecialFile.CreateDevice(folder["full"], 7);
        AphoristApp.Run("generate", trained.Run, "--seed", "1", "--output", full).ExpectSentence(1, full, "No space left");
    }

    [Fact]
    public void Generate_Json_IsOneObject()
    {
        JsonElement written = AphoristApp.Run(
            "generate", trained.Run, "--prompt", "the ", "--length", "30", "--temperature", "0", "--json").Expect(0).Json();
        Assert.Equal("the ", written.GetProperty("prompt").GetString());
        Assert.Equal(30, written.GetProperty("text").GetString()!.Length);
        Assert.Equal(0, written.GetProperty("temperature").GetDouble());
        Assert.Equal("window", written.GetProperty("mode").GetString());
    }

    [Fact]
    public void Generate_ReaderLeaves_EndsQuietly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no head on Windows.");
        CommandResult result = AphoristProcess.RunInBash(
            folder.Path, $"set -o pipefail; aphorist generate '{trained.Run}' --seed 1 --length 1000000000 | head -c 20").Expect(0);

        Assert.Equal(20, result.Output.Length);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public void Generate_Interrupted_LeavesThePreviousFileAndEndsWithExitCode130()
    {
        Signal.SkipUnlessHeard("INT");
        folder.Write("endless.txt", "previous");
        using AphoristProcess process = AphoristProcess.Start(
            folder.Path, null, "generate", trained.Run, "--seed", "1", "--length", "1000000000", "--output", "endless.txt");
        process.WaitUntil(() => folder.FileNames().Length > 1);
        process.Interrupt();

        CommandResult result = process.Wait().Expect(130);
        Assert.Equal("", result.Output);
        Assert.Equal("Interrupted: 'endless.txt' is unchanged.\n", result.Error[result.Error.IndexOf("Inter", StringComparison.Ordinal)..]);
        Assert.Equal("previous", File.ReadAllText(folder["endless.txt"]));
        Assert.Equal(["endless.txt"], folder.FileNames());
    }
}
