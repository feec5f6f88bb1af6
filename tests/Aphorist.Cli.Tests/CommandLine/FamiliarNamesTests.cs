using System.CommandLine;
using System.Text.RegularExpressions;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Tests.CommandLine;

/// <summary>The names of options in other programs.</summary>
public sealed partial class FamiliarNamesTests(TrainedModel trained) : IDisposable
{
    private static readonly Command[] Commands = [.. AphoristCommand.Create().Subcommands];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string, string> Aliases() =>
        [.. FamiliarNames.Aliases.SelectMany(alias => alias.Names.Select(name => (alias.Option, name)))];

    public static TheoryData<string, string> Hints() =>
        [.. FamiliarNames.Hints.SelectMany(hint => hint.Names.Select(name => (name, hint.Hint)))];

    public void Dispose() => folder.Dispose();

    [Theory]
    [MemberData(nameof(Aliases))]
    public void Alias_InEveryCommandWithItsOption_IsThatOptionAndNoOther(string option, string alias)
    {
        Command[] commands = [.. Commands.Where(command => OptionsOf(command).Contains(option))];

        Assert.NotEmpty(commands);
        Assert.All(commands, command =>
        {
            Assert.DoesNotContain($"--{alias}", OptionsOf(command));
            Assert.Equal(option, OptionWords.Find($"--{alias}", command.Options.ToArray())?.Name);
        });
        Assert.Single(FamiliarNames.Aliases, entry => entry.Names.Contains(alias));
    }

    [Theory]
    [MemberData(nameof(Hints))]
    public void Hint_InSomeCommand_IsShownAndMentionsOnlyWhatTheCommandHas(string name, string hint)
    {
        Command[] commands =
        [
            .. Commands.Where(command => OptionWords.Find(name, command.Options.ToArray()) is null
                && UsageErrorReport.Unknown($"--{name}", command) == $"There is no option '--{name}'. {hint}"),
        ];

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.Subset(
            OptionsOf(command).Union(command.Arguments.Select(argument => argument.Name)).ToHashSet(),
            FamiliarNames.MentionsOf(hint).ToHashSet()));
        HashSet<string> mentioned = [.. MentionedCommand().Matches(hint).Select(match => match.Value)];
        Assert.Subset(Commands.Select(command => command.Name).ToHashSet(), mentioned);
    }

    [Fact]
    public void Names_All_AreOnThePage()
    {
        string page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "coming-from.md"));
        IEnumerable<string> words = Code().Matches(page).Select(match => match.Groups[1].Value);
        HashSet<string> listed = [.. words.Select(word => OptionWords.Plain(OptionWords.Split(word).Name))];

        Assert.Subset(listed, FamiliarNames.Aliases.SelectMany(alias => alias.Names).ToHashSet());
        Assert.Subset(listed, FamiliarNames.Hints.SelectMany(hint => hint.Names).ToHashSet());
    }

    [Theory]
    [InlineData("--num_epochs 2 --rnn_size=8 -num_layers 2 --lr=0.02 --batch-size 16 --val_frac 0.1 --layer_norm -stride 2")]
    [InlineData("--epochs=9 --lr 9 --n_layer=9 --max_epochs 2 --units 8 --n-layers 2 --learning_rate=0.02 -batch_size:16 " +
        "--validation_split 0.1 --layer-norm true --step 2")]
    public void Train_WithNamesOfOtherPrograms_IsTheSameRun(string names)
    {
        string text = folder.Write("tiny.txt", TinyText.OfLength(3000));
        const string Own =
            "--epochs 2 --hidden 8 --layers 2 --learning-rate 0.02 --batch 16 --validation 0.1 --layer-normalization true --step 2";
        Train(text, "own", "--run", Own);
        Train(text, "other", "--out_dir", names);

        foreach (string file in new[] { "options.json", "last.safetensors" })
            Assert.Equal(File.ReadAllBytes(folder[$"own/{file}"]), File.ReadAllBytes(folder[$"other/{file}"]));
    }

    [Fact]
    public void Resume_WithAnAlias_ChangesTheOption()
    {
        string text = folder.Write("tiny.txt", TinyText.OfLength(2000));
        Train(text, "run", "--run", "--hidden 4 --epochs 1");
        AphoristApp.Run("train", "--resume", folder["run"], "--num_epochs=2", "--quiet").Expect(0);

        Assert.Equal(3, File.ReadAllLines(folder["run/metrics.csv"]).Length);
    }

    [Fact]
    public void Sweep_OverAnAlias_VariesTheOption()
    {
        string text = folder.Write("tiny.txt", TinyText.OfLength(2000));
        string[] call = ["sweep", text, "--num_epochs", "1", "--window", "10", "--sweep", folder["found"]];
        AphoristApp.Run([.. call, "--over", "rnn_size=4,8"]).Expect(0);

        Assert.True(Directory.Exists(folder["found/hidden=8"]));
        AphoristApp.Run([.. call, "--over", "rnn_size=4", "--over", "units=8"]).ExpectSentence(2, "hidden twice");
        AphoristApp.Run([.. call, "--over", "max_iters=4"]).ExpectSentence(2, "'max_iters'", "--epochs or --minutes");
    }

    [Fact]
    public void Generate_WithNamesOfOtherPrograms_IsTheSameText() => Assert.Equal(
        AphoristApp.Run(
            "generate", trained.Run, "--prompt", "the ", "--length", "9", "--top-k", "3", "--count", "2", "--seed", "1", "--json")
            .Expect(0).Output,
        AphoristApp.Run(
            "generate", trained.Run, "--start=the ", "--max_new_tokens=9", "--top_k=3", "--num_samples=2", "-seed", "1", "-json")
            .Expect(0).Output);

    [Fact]
    public void Value_ThatIsAnAlias_StaysAValue() =>
        AphoristApp.Run("generate", trained.Run, "--prompt", "-start", "--unknown", "skip", "--seed", "1").Expect(0).ExpectOutput("start");

    [Fact]
    public void Words_AfterDoubleDash_AreNoOptions() =>
        AphoristApp.Run("train", "--lr", "1", "--", "--num_epochs").ExpectSentence(1, "'--num_epochs'");

    [Fact]
    public void Train_CallOfNanoGpt_ExplainsAllOptionsThatDoNotExist()
    {
        CommandResult result = AphoristApp.Run(
            "train", "tiny.txt", "--device=cpu", "--compile=False", "--eval_iters=20", "--log_interval=1", "--block_size=64",
            "--batch_size=12", "--n_layer=4", "--n_head=4", "--n_embd=128", "--max_iters=2000", "--lr_decay_iters=2000", "--dropout=0.0");

        result.ExpectSentence(2, "'--device'", "CPU");
        result.ExpectError(
            "\nThere is no option '--compile'. Everything", "\nThere is no option '--eval_iters'. Use --validation",
            "\nThere is no option '--log_interval'. Progress", "\nThere is no option '--block_size'. Use --sequence",
            "\nThere is no option '--n_head'. No layer", "\nThere is no option '--n_embd'. Use --hidden",
            "\nThere is no option '--max_iters'. Training", "\nThere is no option '--lr_decay_iters'. Use --schedule.\nTry ");
        Assert.DoesNotMatch("batch|n_layer|dropout", result.Error);
    }

    [Theory]
    [InlineData("train --no-tied", "'--tied false'")]
    [InlineData("train --tokeniser=words", "'--tokeniser' '--tokenizer'")]
    [InlineData("generate model --model x", "'--model' as MODEL")]
    [InlineData("generate model --sample 1", "'--sample' --temperature")]
    [InlineData("train --lr 0", "--learning-rate '0'")]
    [InlineData("--lr 1 train", "'--learning-rate' after 'train'")]
    [InlineData("train ---lr 1", "'---lr'")]
    public void Call_Wrong_SaysWhatToUse(string call, string parts) => AphoristApp.Run(call.Split(' ')).ExpectSentence(2, parts.Split(' '));

    [Fact]
    public void HelpAndCompletion_OfTrain_OmitTheNames()
    {
        Assert.DoesNotContain("--lr", AphoristApp.Run("train", "--help").Expect(0).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "--batch-size", AphoristApp.Run("[suggest:21]", "aphorist train --batch").Expect(0).Output, StringComparison.Ordinal);
    }

    private void Train(string text, string run, string runOption, string options) => AphoristApp.Run(
        [
            "train", text, "--preset", "notebook", "--window", "10", "--samples", "false", runOption, folder[run], .. options.Split(' '),
            "--quiet",
        ]).Expect(0);

    private static HashSet<string> OptionsOf(Command command) => [.. OptionWords.Of(command).Select(option => option.Name)];

    [GeneratedRegex("(?<=`aphorist )[a-z]+")]
    private static partial Regex MentionedCommand();

    [GeneratedRegex("`([^`\n ]+)[^`\n]*`")]
    private static partial Regex Code();
}
