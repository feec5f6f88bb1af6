using System.Text;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>Every command that reads a text shows the encodings that it may have, and reads it in the one that is named.</summary>
public sealed class EncodingTests(TrainedModel trained) : IDisposable
{
    private const string Text = "Каждое утро старый лодочник выходил на берег и долго смотрел на воду.\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train", "TEXT")]
    [InlineData("train", "FOLDER")]
    [InlineData("train", "PLAIN", "--validation-text", "TEXT", "--window", "5")]
    [InlineData("sweep", "TEXT", "--over", "hidden=4", "--sweep", "SWEEP")]
    [InlineData("evaluate", "MODEL", "TEXT")]
    [InlineData("score", "MODEL", "TEXT")]
    [InlineData("inspect", "MODEL", "TEXT")]
    [InlineData("generate", "MODEL", "--passage", "TEXT")]
    [InlineData("generate", "MODEL", "--prompt-file", "TEXT")]
    public void Read_OldEncoding_ShowsTheCandidatesAndCommandsNone(params string[] arguments)
    {
        string text = folder.Write("texts/old.txt", Bytes("koi8-r"));
        string plain = folder.Write("texts/a.txt", "a first file that is fine\n");
        CommandResult result = AphoristApp.Run([.. arguments.Select(argument => argument switch
        {
            "TEXT" => text,
            "FOLDER" => folder["texts"],
            "PLAIN" => plain,
            "MODEL" => trained.Run,
            "SWEEP" => folder["sweep"],
            _ => argument,
        })]);

        result.ExpectSentence(1, $"'{text}' is not utf-8 text (byte 0xEB at offset 0)");
        string[] lines = [.. result.Error.Split('\n').SkipWhile(line => !line.StartsWith("It may be", StringComparison.Ordinal)).Skip(1)];
        Assert.StartsWith("  koi8-r ", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"Каждое утро старый", lines[0], StringComparison.Ordinal);
        result.ExpectError("Choose one with --encoding NAME");
    }

    [Theory]
    [InlineData("train", "-")]
    [InlineData("generate", "MODEL", "--prompt", "-")]
    public void Read_OldEncodingFromAPipe_ShowsTheCandidates(params string[] arguments)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no cat on Windows.");
        folder.Write("old.txt", Bytes("windows-1251"));
        string call = string.Join(' ', arguments.Select(argument => argument == "MODEL" ? trained.Run : argument));
        AphoristProcess.RunInBash(folder.Path, $"cat old.txt | aphorist {call}")
            .Expect(1).ExpectError("'standard input' is not utf-8 text", "  windows-1251 ", "Каждое утро старый");
    }

    [Fact]
    public void Read_PromptInANamedEncoding_IsItsText()
    {
        string path = folder.Write("prompt.txt", Encoding.Unicode.GetBytes("the cat"));
        foreach (string[] source in (string[][])[["--prompt-file", path], ["--passage", path]])
        {
            string output = AphoristApp.Run(
                ["generate", trained.Run, .. source, "--encoding", "utf-16LE", "--length", "3", "--seed", "1"]).Expect(0).Output;
            Assert.StartsWith("the cat", output, StringComparison.Ordinal);
        }

        AphoristApp.Run("generate", trained.Run, "--prompt", "the", "--encoding", "utf-8").ExpectSentence(2, "--encoding", "--prompt-file");
    }

    [Fact]
    public void Train_NulCharactersInANamedEncoding_AreTrainedOnWithANote()
    {
        string path = folder.Write("nul.txt", TinyText.OfLength(500).Replace('.', '\0'));
        string[] call =
        [
            "train", path, "--preset", "notebook", "--epochs", "1", "--window", "20", "--hidden", "4", "--samples", "false", "--run",
            folder["run"],
        ];
        AphoristApp.Run(call).ExpectSentence(1, "looks like a binary file");
        AphoristApp.Run([.. call, "--encoding", "utf-8"]).Expect(0).ExpectError($"'{path}' has NUL characters");
    }

    [Fact]
    public void Train_MarkOfUtf8AndAnotherEncoding_IsRefused()
    {
        string path = folder.Write("marked.txt", "\uFEFF" + TinyText.OfLength(500));
        AphoristApp.Run("train", path, "--encoding", "windows-1252", "--run", folder["run"])
            .ExpectSentence(1, path, "byte order mark of utf-8", "windows-1252 was named");
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static byte[] Bytes(string encoding) => CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(Text);
}
