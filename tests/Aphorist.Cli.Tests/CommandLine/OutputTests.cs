using System.Text.RegularExpressions;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>The outputs of all commands: an output is never an input, and devices, pipes and links stay what they are.</summary>
public sealed class OutputTests(TrainedModel trained) : IDisposable
{
    private readonly TemporaryFolder folder = new();

    /// <summary>Calls in which the files model, text, characters and metrics are inputs, without the output.</summary>
    public static TheoryData<string, string> Inputs { get; } = new()
    {
        { "generate model", "model" },
        { "generate model --prompt-file text.txt", "text.txt" },
        { "generate model --passage text.txt", "text.txt" },
        { "inspect model text.txt", "model" },
        { "inspect model text.txt", "text.txt" },
        { "score model text.txt", "model" },
        { "score model text.txt", "text.txt" },
        { "score model .", "text.txt" },
        { "score model *.txt", "text.txt" },
        { "export model", "model" },
        { "export model --to keras", "model" },
        { "import model --corpus text.txt", "model" },
        { "import model --corpus text.txt", "text.txt" },
        { "import model --characters text.txt", "text.txt" },
        { "import model --vocabulary text.txt", "text.txt" },
        { "plot metrics.csv", "metrics.csv" },
    };

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Inputs))]
    public void Output_ThatIsAnInput_IsRefusedAlsoThroughLinks(string call, string input)
    {
        byte[] before = CreateInputs(input);
        List<string> outputs = [folder[input], folder[$"x/../{input}"]];
        if (!OperatingSystem.IsWindows())
        {
            File.CreateSymbolicLink(folder["link.svg"], input);
            Directory.CreateSymbolicLink(folder["folder"], ".");
            outputs.AddRange([folder["link.svg"], folder[$"folder/{input}"]]);
        }

        foreach (string output in outputs)
        {
            Run(call, "--output", output).ExpectSentence(2, "would be overwritten", "--output");
            Assert.Equal(before, File.ReadAllBytes(folder[input]));
        }
    }

    [Fact]
    public void Output_OfEveryCommand_IsInTheTable()
    {
        // Play needs a terminal: PlayTests.
        IEnumerable<string> commands = AphoristCommand.Create().Subcommands
            .Where(command => command.Options.Any(option => option.Name == "--output")).Select(command => command.Name);
        IEnumerable<string> tested = Inputs.Select(row => row.Data.Item1.Split(' ')[0]).Append("play");
        Assert.Equal(commands.Order(), tested.Distinct().Order());
    }

    [Fact]
    public void Output_ThatIsStandardInput_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        byte[] before = CreateInputs("text.txt");
        AphoristProcess.RunInBash(folder.Path, "aphorist score model - -o text.txt < text.txt").ExpectSentence(2, "is the text itself");
        AphoristProcess.RunInBash(folder.Path, "aphorist generate model -p - -o text.txt < text.txt")
            .ExpectSentence(2, "is the prompt itself");
        if (OperatingSystem.IsLinux())
        {
            // Other names of the same file: through a folder and through a descriptor of the process.
            foreach (string output in (string[])["/proc/self/cwd/text.txt", "/dev/fd/7 7<>text.txt"])
            {
                AphoristProcess.RunInBash(folder.Path, $"aphorist score model text.txt -o {output}")
                    .ExpectSentence(2, "is the text itself");
            }
        }

        Assert.Equal(before, File.ReadAllBytes(folder["text.txt"]));
    }

    [Fact]
    public void Output_HardLinkOfAnInput_ReplacesOnlyThatName()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no bash on Windows.");
        byte[] before = CreateInputs("text.txt");
        AphoristProcess.RunInBash(folder.Path, "ln text.txt page.html").Expect(0);
        Run("score model text.txt", "--output", folder["page.html"]).Expect(0);
        Assert.Equal(before, File.ReadAllBytes(folder["text.txt"]));
        Assert.StartsWith("<!DOCTYPE", File.ReadAllText(folder["page.html"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("generate model --length 9")]
    [InlineData("score model text.txt")]
    [InlineData("inspect model text.txt")]
    [InlineData("export model")]
    [InlineData("plot metrics.csv")]
    public void Output_Device_StaysADevice(string call)
    {
        CreateInputs("text.txt");
        string device = SpecialFile.CreateDevice(folder["device"], 3);
        Run(call, "--output", device).Expect(0);
        Assert.False(SpecialFile.IsRegular(device));
    }

    [Theory]
    [InlineData("generate model --length 9 --seed 1")]
    [InlineData("score model text.txt")]
    [InlineData("inspect model text.txt")]
    [InlineData("export model")]
    [InlineData("plot metrics.csv")]
    public void Output_Dash_IsStandardOutputAndNothingElseIsThere(string call)
    {
        CreateInputs("text.txt");
        bool isGenerated = call.StartsWith("generate", StringComparison.Ordinal);
        string ending = call.StartsWith("plot", StringComparison.Ordinal) ? "file.svg" : "file";
        Run(call, "--output", folder[ending], "--quiet").Expect(0);
        string output = Run(call, "--output", "-", "--quiet").Expect(0).Output;
        Assert.Equal(Plain(File.ReadAllText(folder[ending])), Plain(isGenerated ? output[..^1] : output));
        if (!isGenerated) Run(call, "--output", "-", "--json").ExpectSentence(2, "--json and --output - both");
    }

    [Fact]
    public void Output_StandardOutputRedirectedToAFile_IsAppended()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The descriptors of a process are files on Linux only.");
        CreateInputs("text.txt");
        // Links as those in /dev, so that a fault would not damage the machine.
        AphoristProcess.RunInBash(
            folder.Path,
            """
            ln -s /proc/self/fd/1 stdout; echo first > all
            aphorist generate model --seed 1 --length 9 --quiet -o stdout >> all
            test -L stdout
            """).Expect(0);
        Assert.Matches("^first\n[^\u0000]{9}\n$", File.ReadAllText(folder["all"]));
    }

    [Fact]
    public void Output_ReaderOfAPipeLeaves_EndsQuietly()
    {
        SpecialFile.CreatePipe(folder["pipe"]);
        CreateInputs("text.txt");
        CommandResult result = AphoristProcess.RunInBash(
            folder.Path,
            "head -c 5 pipe > beginning & aphorist generate model --seed 1 --length 1000000000 --quiet -o pipe; code=$?; wait; exit $code");
        Assert.Equal("", result.Expect(0).Error);
        Assert.Equal(5, new FileInfo(folder["beginning"]).Length);
    }

    [Theory]
    [InlineData("texts", "texts/run")]
    [InlineData("texts/**", "texts/run")]
    [InlineData("texts/samples/epoch-001.txt", "texts")]
    public void Run_ThatWouldWriteIntoItsText_IsRefused(string corpus, string run)
    {
        string text = folder.Write("texts/samples/epoch-001.txt", TinyText.OfLength(500));
        AphoristApp.Run("train", folder[corpus], "--run", folder[run]).ExpectSentence(2, "outside the text");
        Assert.Equal(TinyText.OfLength(500), File.ReadAllText(text));
        Assert.False(File.Exists(Path.Combine(folder[run], "options.json")));
    }

    /// <summary>A picture without the numbers of its parts, which are counted over all pictures of a process.</summary>
    private static string Plain(string output) => Regex.Replace(output, "cl_[0-9a-f]+", "");

    private CommandResult Run(string call, params string[] options)
    {
        string[] files = ["model", "text.txt", "metrics.csv", "*.txt", "."];
        IEnumerable<string> words = call.Split(' ').Select(word => files.Contains(word) ? folder[word] : word);
        return AphoristApp.Run([.. words, .. options]);
    }

    private byte[] CreateInputs(string input)
    {
        folder.Write("model", File.ReadAllBytes(trained.File));
        folder.Write("text.txt", TinyText.OfLength(500));
        folder.Write("metrics.csv", File.ReadAllBytes(Path.Combine(trained.Run, "metrics.csv")));
        Directory.CreateDirectory(folder["x"]);
        return File.ReadAllBytes(folder[input]);
    }
}
