namespace Aphorist.Cli.Tests.Commands.Play;

/// <summary>`aphorist play` on a terminal, which `script` plays; what it shows is kept in the file `screen`.</summary>
public sealed class PlayTests(TrainedModel trained) : IDisposable
{
    private const string Ready = "Tab accepts", Entered = "\u001b[?1049h", Left = "\u001b[?1049l";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Play_WithoutATerminal_SaysWhatToDo() =>
        AphoristApp.Run("play", trained.Run).ExpectSentence(2, "terminal", "aphorist generate");

    [Fact]
    public void Play_TypedAcceptedAndLeft_LeavesTheText()
    {
        string shown = OnATerminal(
            $"play '{trained.Run}' --prompt 'The ' --output text.txt",
            $"{Until(Ready)}; {Send("hen €")}; {Until("U+20AC")}; {Send("\\t")}; {Send("\\033")}");
        string text = File.ReadAllText(folder["text.txt"]);

        Assert.Matches("^the hen [a-z.]+$", text);
        Assert.Equal(text, shown[(shown.IndexOf(Left, StringComparison.Ordinal) + Left.Length)..].Split('\r', '\n')[0]);
        Assert.Contains("The model does not know '€' (U+20AC).", shown, StringComparison.Ordinal);
        Assert.Contains("code=0", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_PromptWithALineBreak_StartsWithTwoLines()
    {
        OnATerminal($"play '{trained.Run}' --prompt 'the cat.\\nthe hen' --output text.txt", $"{Until(Ready)}; {Send("\\033")}");

        Assert.Equal("the cat.\nthe hen", File.ReadAllText(folder["text.txt"]));
    }

    [Fact]
    public void Play_WrittenByTheModel_GoesOnUntilAKey()
    {
        OnATerminal(
            $"play '{trained.Run}' --prompt 'the ' --seed 1 --output text.txt",
            $"{Until(Ready)}; {Send("\\007")}; {Until("any key stops")}; {Send("x")}; {Send("\\023")}; "
                + $"{Until("Saved to text.txt")}; {Send("\\003")}");

        string text = File.ReadAllText(folder["text.txt"]);
        Assert.Equal(text, AphoristApp.Run(
            "generate", trained.Run, "--prompt", "the ", "--seed", "1", "--length", $"{text.Length - 4}").Expect(0).Output[..^1]);
    }

    [Fact]
    public void Play_TopK_HoldsForAllThatIsWritten()
    {
        OnATerminal(
            $"play '{trained.Run}' --prompt 'the ' --top-k 1 --output text.txt",
            $"{Until(Ready)}; {Send("\\007")}; {Until("any key stops")}; {Send("x\\033")}");

        string text = File.ReadAllText(folder["text.txt"]);
        Assert.Equal(text, AphoristApp.Run(
            "generate", trained.Run, "--prompt", "the ", "--temperature", "0", "--length", $"{text.Length - 4}").Expect(0).Output[..^1]);
    }

    [Fact]
    public void Play_OptionsThatDoNotFit_SaySoBeforeAnything()
    {
        string shown = OnATerminal($"play '{trained.Run}' --top-k 100000", "true");

        Assert.Contains("aphorist: --top-k is 100000", shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Entered, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_PastedLines_AreTyped()
    {
        string lines = string.Concat(Enumerable.Repeat("the cat sat on a mat.\\n", 100));
        OnATerminal($"play '{trained.Run}' --output text.txt", $"{Until(Ready)}; {Send($"\\033[200~{lines}\\033[201~")}; {Send("\\033")}");

        Assert.Equal(lines.Replace("\\n", "\n", StringComparison.Ordinal), File.ReadAllText(folder["text.txt"]));
    }

    [Theory]
    [InlineData("TERM", 130)]
    [InlineData("HUP", 130)]
    public void Play_ToldToEnd_SavesAndRestoresTheTerminal(string signal, int code)
    {
        Signal.SkipUnlessHeard(signal);
        string shown = OnATerminal(
            $"play '{trained.Run}' --prompt 'the ' --output text.txt", $"{Until(Ready)}; kill -{signal} $(cat process)");

        Assert.Equal("the ", File.ReadAllText(folder["text.txt"]));
        Assert.True(shown.IndexOf(Entered, StringComparison.Ordinal) < shown.IndexOf(Left, StringComparison.Ordinal));
        Assert.Contains($"code={code}", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_TerminalIsGoneAndNoSignalSaysSo_SavesAndEnds()
    {
        PseudoTerminal.SkipWhereMissing();
        folder.Write("play.sh", $"""
            stty cols 80 rows 24
            echo $$ > process
            trap '' HUP
            exec dotnet '{AphoristProcess.Assembly}' play '{trained.Run}' --prompt 'the ' --output text.txt
            """);
        folder.Write("terminal.sh", "echo $$ > terminal; exec script -qfc 'sh play.sh' screen");
        folder.Write("look.sh", $"""
            export TERM=xterm-256color
            touch screen
            (sleep 30 | sh terminal.sh) > /dev/null 2>&1 &
            {Until(Ready)}
            kill -9 $(cat terminal)
            # A parent that does not wait for a process leaves it as a zombie.
            for look in $(seq 200); do
              if ! kill -0 $(cat process) || grep -q zombie /proc/$(cat process)/status; then exit 0; fi
              sleep 0.1
            done
            kill -9 $(cat process)
            exit 1
            """);
        AphoristProcess.RunInBash(folder.Path, "bash look.sh").Expect(0);

        Assert.Equal("the ", File.ReadAllText(folder["text.txt"]));
    }

    [Fact]
    public void Play_FileThatCannotBeWritten_LeavesTheTextAllTheSame()
    {
        string missing = OnATerminal($"play '{trained.Run}' --output no/text.txt", "true");
        Assert.Contains("no/text.txt': there is no folder", missing, StringComparison.Ordinal);
        Assert.DoesNotContain(Entered, missing, StringComparison.Ordinal);
        Directory.CreateDirectory(folder["no"]);
        File.Delete(folder["screen"]);
        string shown = OnATerminal(
            $"play '{trained.Run}' --prompt 'the ' --output no/text.txt", $"{Until(Ready)}; rmdir no; {Send("\\033")}");

        string left = shown[shown.IndexOf(Left, StringComparison.Ordinal)..];
        Assert.Contains("the \r\n", left, StringComparison.Ordinal);
        Assert.Contains("aphorist: Could not write 'no/text.txt': there is no folder", left, StringComparison.Ordinal);
        Assert.Contains("code=1", left, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_OutputThatIsTheModel_IsRefused()
    {
        byte[] model = File.ReadAllBytes(folder.Write("model", File.ReadAllBytes(trained.File)));
        string shown = OnATerminal("play model --output model", "true");
        Assert.Contains("is the model itself", shown, StringComparison.Ordinal);
        Assert.Contains("code=2", shown, StringComparison.Ordinal);
        Assert.Equal(model, File.ReadAllBytes(folder["model"]));
    }

    [Fact]
    public void Play_FileThatExists_IsContinuedAndNeverEmptied()
    {
        folder.Write("text.txt", "The cat €");
        string left = OnATerminal($"play '{trained.Run}' --output text.txt", $"{Until("The file keeps them")}; {Send("\\033")}");
        Assert.Contains("code=0", left, StringComparison.Ordinal);
        Assert.Equal("The cat €", File.ReadAllText(folder["text.txt"]));

        File.Delete(folder["screen"]);
        OnATerminal($"play '{trained.Run}' --output text.txt", $"{Until(Ready)}; {Send("\\177\\177sat\\032\\032 hen\\033")}");
        Assert.Equal("The cat € hen", File.ReadAllText(folder["text.txt"]));
    }

    [Fact]
    public void Play_WithNoColor_HasNoColours()
    {
        string shown = OnATerminal($"play '{trained.Run}'", $"{Until(Ready)}; {Send("\\t")}; {Send("\\033")}", "NO_COLOR=1");

        Assert.DoesNotMatch("\u001b\\[[0-9;]+m", shown);
    }

    [Fact]
    public void Play_SmallTerminal_StillPlays()
    {
        OnATerminal(
            $"play '{trained.Run}' --output text.txt",
            $"{Until("Esc quits")}; {Send("cat")}; {Send("\\033")}",
            columns: 20,
            rows: 6);

        Assert.Equal("cat", File.ReadAllText(folder["text.txt"]));
    }

    private static string Until(string shown) => $"until grep -qF '{shown}' screen; do sleep 0.05; done";

    private static string Send(string keys) => $"printf '{keys}'";

    /// <summary>Plays, and returns all that the terminal was sent, with the exit code and the terminal's settings behind it.</summary>
    private string OnATerminal(string call, string keys, string variables = "", int columns = 80, int rows = 24)
    {
        PseudoTerminal.SkipWhereMissing();
        folder.Write("play.sh", $"""
            stty cols {columns} rows {rows}
            before=$(stty -g)
            sh -c 'echo $$ > process; exec dotnet "$0" "$@"' '{AphoristProcess.Assembly}' {call}
            echo "code=$?"
            [ "$(stty -g)" = "$before" ] && echo restored
            """);
        folder.Write("keys.sh", $"{keys}\n{Until("code=")}\n");
        string environment = $"export TERM=xterm-256color LC_ALL=C.UTF-8 {variables}";
        string lines = $"{environment}; touch screen; bash keys.sh | script -qefc 'bash play.sh' screen";
        string shown = AphoristProcess.RunInBash(folder.Path, lines).Expect(0).Output;
        Assert.Contains("restored", shown, StringComparison.Ordinal);
        return shown;
    }
}
