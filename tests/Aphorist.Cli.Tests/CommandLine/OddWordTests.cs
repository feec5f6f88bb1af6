using System.CommandLine;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>Words that shells pass by mistake, as the value of every option of every command.</summary>
public sealed class OddWordTests(TrainedModel trained)
{
    private static readonly string[] Words = ["", " ", "\n", "a\0b", "\u001B[2J", "\uD800", new('x', 5000)];

    public static TheoryData<string, string> Options()
    {
        TheoryData<string, string> options = [];
        foreach (Command command in AphoristCommand.Create().Subcommands.Where(command => !command.Hidden))
            foreach (Option option in command.Options.Where(option => option.Arity.MaximumNumberOfValues > 1))
                options.Add(command.Name, option.Name);
        return options;
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Option_EmptyWord_IsAWrongCall(string command, string option)
    {
        if (option == "--prompt") return;
        AphoristApp.Run([command, .. ArgumentsOf(command), option, ""]).ExpectSentence(2, option);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void Option_OddWord_IsNeverUnexpected(string command, string option)
    {
        // What these do with the word takes time or writes a file, and cannot be odd.
        if (command is "play" or "bench" || option is "--output" or "--run" or "--sweep") return;
        foreach (string word in Words)
        {
            CommandResult result = AphoristApp.Run([command, .. ArgumentsOf(command), option, word]);
            Assert.DoesNotContain("Unexpected error", result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001B', result.Error);
            Assert.True(result.Error.Length < 6000, result.Error);
        }
    }

    // A model that exists and a text that does not, so that nothing is trained.
    private string[] ArgumentsOf(string command) => command switch
    {
        "generate" or "play" or "info" => [trained.Run],
        "train" or "sweep" => ["no-such-text.txt"],
        "plot" or "import" => ["no-such-file"],
        // Without an end, if it found one.
        "export" or "serve" => ["no-such-model"],
        "evaluate" or "score" or "inspect" => [trained.Run, "no-such-text.txt"],
        _ => [],
    };
}
