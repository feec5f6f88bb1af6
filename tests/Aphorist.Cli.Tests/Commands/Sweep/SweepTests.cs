using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Sweep;

public sealed class SweepTests : IDisposable
{
    private string[] Call =>
        [
            "sweep", folder["tiny.txt"], "--preset", "notebook", "--epochs", "2", "--window", "10", "--validation", "0.1", "--sweep",
            folder["found"],
        ];

    private readonly TemporaryFolder folder = new();

    public SweepTests() => folder.Write("tiny.txt", TinyText.OfLength(3000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Sweep_Grid_MakesARunOfEachCombinationAndRanksThem()
    {
        CommandResult result = Sweep("--over", "hidden=4,16", "--over", "dropout=0,0.5").Expect(0);

        string[] names = ["hidden=16_dropout=0", "hidden=16_dropout=0.5", "hidden=4_dropout=0", "hidden=4_dropout=0.5"];
        Assert.Equal(names, Directory.EnumerateDirectories(folder["found"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (string file in new[] { "model.safetensors", "checkpoint.safetensors", "options.json", "metrics.csv", "loss.png" })
            Assert.True(File.Exists(folder[$"found/{names[0]}/{file}"]), $"{file} is missing.");
        Assert.False(Directory.Exists(folder[$"found/{names[0]}/samples"]));
        string[][] lines = Results();
        Assert.Equal(
            "rank,run,state,hidden,dropout,loss,validation_loss,bits_per_character,parameters,seconds,unknown_share,error".Split(','),
            lines[0]);
        Assert.Equal(["1", "2", "3", "4"], lines[1..].Select(fields => fields[0]));
        double[] bits = [.. lines[1..].Select(fields => double.Parse(fields[7], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(bits.Order(), bits);
        Assert.Equal(4, result.Output.Split("rank  hidden  dropout  validation loss  bits per character").Length - 1);
    }

    [Fact]
    public void Sweep_Help_ListsEveryOptionOfTrainButThoseOfASingleRun()
    {
        string[] train = OptionsOf("train"), sweep = OptionsOf("sweep");
        Assert.Superset(
            new HashSet<string>(["--average", "--kernel", "--residual", "--layer-normalization", "--validation-text"]), sweep.ToHashSet());
        Assert.Equal(["--distributed", "--resume", "--run", "--samples", "--timeout"], train.Except(sweep).Order());
    }

    [Fact]
    public void Sweep_OverShapes_MakesThoseThatArePossible()
    {
        Sweep(
            "--over", "architecture=gru,convolution", "--over", "residual=false,true", "--over", "layer-normalization=true", "--over",
            "average=0.9",
            "--layers", "2", "--hidden", "4").Expect(0);

        string[] failed = Assert.Single(Results()[1..], fields => fields[2] == "failed");
        Assert.Equal("architecture=convolution_residual=true_layer-normalization=true_average=0.9", failed[1]);
        Assert.Contains("--residual is for recurrent layers", string.Join(',', failed), StringComparison.Ordinal);
    }

    [Fact]
    public void Sweep_OverActivations_TrainsBoth()
    {
        Sweep("--architecture", "rnn", "--hidden", "5", "--over", "activation=tanh,relu").Expect(0);

        Assert.Equal(["activation=relu", "activation=tanh"], Results()[1..].Select(fields => fields[1]).Order());
        foreach (string name in (string[])["tanh", "relu"])
        {
            JsonElement info = AphoristApp.Run("info", folder[$"found/activation={name}"], "--json").Expect(0).Json();
            Assert.Equal(name, info.GetProperty("activation").GetString());
        }
    }

    [Fact]
    public void Sweep_OverKernels_CountsParametersAsInfoDoes()
    {
        Sweep("--architecture", "convolution", "--layers", "2", "--hidden", "5", "--over", "kernel=2,3").Expect(0);

        foreach (string[] fields in Results()[1..])
        {
            JsonElement info = AphoristApp.Run("info", folder[$"found/{fields[1]}"], "--json").Expect(0).Json();
            Assert.Equal(info.GetProperty("parameters").GetInt32().ToString(System.Globalization.CultureInfo.InvariantCulture), fields[7]);
        }
    }

    [Fact]
    public void Sweep_Run_IsTheOneThatTrainMakes()
    {
        Sweep("--over", "hidden=8").Expect(0);
        AphoristApp.Run([
            "train", folder["tiny.txt"], .. "--preset notebook --epochs 2 --window 10 --validation 0.1 --hidden 8".Split(' '),
            "--samples", "false", "--run", folder["plain"]]).Expect(0);

        Assert.Equal(File.ReadAllBytes(folder["plain/model.safetensors"]), File.ReadAllBytes(folder["found/hidden=8/model.safetensors"]));
    }

    [Fact]
    public void Sweep_Again_SkipsWhatIsFinishedAndAddsWhatIsNew()
    {
        Sweep("--over", "hidden=4,8").Expect(0);
        DateTime before = File.GetLastWriteTimeUtc(folder["found/hidden=4/model.safetensors"]);
        CommandResult again = Sweep("--over", "hidden=4,8,12").Expect(0);

        Assert.Equal(before, File.GetLastWriteTimeUtc(folder["found/hidden=4/model.safetensors"]));
        Assert.Contains("Run 3 of 3: hidden=12", again.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden=4", again.Error, StringComparison.Ordinal);
        Assert.Equal(4, Results().Length);
    }

    [Fact]
    public void Sweep_AgainWithMoreEpochs_GoesOnWithEveryRun()
    {
        Sweep("--over", "hidden=4,8").Expect(0);
        AphoristApp.Run([.. Call.Select(word => word == "2" ? "3" : word), "--over", "hidden=4,8"]).Expect(0);

        Assert.Equal(4, File.ReadAllLines(folder["found/hidden=4/metrics.csv"]).Length);
    }

    [Fact]
    public void Sweep_Interrupted_SaysHowToGoOnAndEndsAsIfUninterrupted()
    {
        Signal.SkipUnlessHeard("INT");
        // Batches of one window make the second run so slow that it cannot end before it is interrupted.
        string[] call =
        [
            "sweep", folder["tiny.txt"], "--preset", "notebook", "--epochs", "20", "--window", "10", "--hidden", "24",
            "--checkpoint-interval", "0.05", "--over", "batch=128,1", "--sweep",
        ];
        using (AphoristProcess process = AphoristProcess.Start(folder.Path, null, [.. call, folder["found"]]))
        {
            process.WaitUntil(() => File.Exists(folder["found/batch=1/checkpoint.safetensors"]));
            process.Interrupt();
            string error = process.Wait().Expect(130).Error;
            Assert.Contains($"aphorist sweep {folder["tiny.txt"]} --preset notebook --epochs 20", error, StringComparison.Ordinal);
            Assert.Contains($"--over 'batch=128,1' --sweep {folder["found"]}", error, StringComparison.Ordinal);
        }

        Assert.Contains(
            "Run 2 of 2 resumes: batch=1", AphoristApp.Run([.. call, folder["found"]]).Expect(0).Error, StringComparison.Ordinal);
        AphoristApp.Run([.. call, folder["whole"]]).Expect(0);
        foreach (string run in new[] { "batch=128", "batch=1" })
            Assert.Equal(
                File.ReadAllBytes(folder[$"whole/{run}/last.safetensors"]), File.ReadAllBytes(folder[$"found/{run}/last.safetensors"]));
    }

    [Fact]
    public void Sweep_IntoAFolderInUse_SaysSo()
    {
        string[] call = ["sweep", folder["tiny.txt"], "--window", "10", "--over", "hidden=24,32", "--sweep", folder["found"], "--epochs"];
        using AphoristProcess first = AphoristProcess.Start(folder.Path, null, [.. call, "100000"]);
        first.WaitUntil(() => File.Exists(folder["found/hidden=24/checkpoint.safetensors"]));

        AphoristApp.Run([.. call, "100000"]).ExpectSentence(1, "Another process", "found'", "--sweep");
        Assert.False(File.Exists(folder["found/results.csv"]));
        first.Kill();
    }

    [Theory]
    [InlineData("tiny.txt")]
    [InlineData("tiny.txt/inner")]
    public void Sweep_FolderThatCannotBe_IsOneSentence(string place) =>
        AphoristApp.Run("sweep", folder["tiny.txt"], "--over", "hidden=4,8", "--sweep", folder[place])
            .ExpectSentence(1, $"{place}'", "Choose another with --sweep");

    [Fact]
    public void Sweep_AgainWithAnotherText_IsRefusedWhereRunsWouldBeRankedWithOldOnes()
    {
        Sweep("--over", "hidden=4").Expect(0);
        string[][] before = Results();
        folder.Write("tiny.txt", TinyText.OfLength(3100));

        Sweep("--over", "hidden=4,8").ExpectSentence(2, "tiny.txt' has changed since run hidden=4", "--sweep");
        Assert.False(Directory.Exists(folder["found/hidden=8"]));
        Assert.Equal(before, Results());
    }

    [Fact]
    public void Sweep_PresetOfStreams_TakesTheOptionsOfStreams() =>
        Sweep("--preset", "char-rnn", "--batch", "2", "--sequence", "8", "--over", "hidden=4").Expect(0);

    [Fact]
    public void Sweep_RunThatFails_IsListedAndTheOthersGoOn()
    {
        CommandResult result = Sweep("--over", "learning-rate=0.01,1e30").Expect(0);

        Assert.Equal(["done", "failed"], Results()[1..].Select(fields => fields[2]));
        Assert.Contains("failed: learning-rate=1e30: Training diverged 21 times", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Sweep("--over", "learning-rate=0.01,1e30", "--debug").Expect(0).ExpectError("   at ");
    }

    [Fact]
    public void Sweep_CombinationThatContradictsItself_IsAFailedRun()
    {
        JsonElement[] objects = Sweep("--reset", "before", "--over", "architecture=lstm,gru", "--json").Expect(0).JsonLines();

        Assert.Equal(["run", "run", "done"], objects.Select(one => one.GetProperty("event").GetString()));
        Assert.Equal(["failed", "done"], objects[..2].Select(one => one.GetProperty("state").GetString()));
        Assert.Contains(
            "--reset applies only with --architecture gru", objects[0].GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("gru", objects[1].GetProperty("options").GetProperty("architecture").GetString());
        Assert.Equal(JsonValueKind.Null, objects[1].GetProperty("error").ValueKind);
        Assert.Equal(folder["found/architecture=gru"], objects[2].GetProperty("best").GetString());
    }

    [Fact]
    public void Sweep_NoRunSucceeds_IsExitCode1()
    {
        AphoristApp.Run("sweep", folder["tiny.txt"], "--window", "9999", "--over", "hidden=4,8", "--sweep", folder["found"]).Expect(1);
        Assert.All(Results()[1..], fields => Assert.Equal("failed", fields[2]));
    }

    [Fact]
    public void Sweep_Random_ChoosesTheSameRunsForTheSameSeed()
    {
        string[] over = ["--over", "hidden=2,3,4,5", "--over", "seed=1,2,3", "--random", "3"];
        Sweep(over).Expect(0);
        string[] first = [.. Directory.EnumerateDirectories(folder["found"]).Select(run => Path.GetFileName(run)!)];
        Sweep(over).Expect(0);

        Assert.Equal(3, first.Length);
        Assert.Equal(first.Order(), Directory.EnumerateDirectories(folder["found"]).Select(run => Path.GetFileName(run)!).Order());
    }

    [Theory]
    [InlineData("--over", "tokenizer=characters,words,bytes", "--objective", "stream", "--batch", "2", "--sequence", "8")]
    [InlineData("--tokenizer", "words", "--over", "vocabulary-size=3,9", "--objective", "stream", "--batch", "2", "--sequence", "8")]
    [InlineData("--tokenizer", "words", "--over", "vocabulary-size=3,9", "--step", "2")]
    public void Sweep_OverTokenizers_RanksByBitsPerTrueCharacter(params string[] over)
    {
        Sweep(over).Expect(0);

        string[] objective = over.Contains("--step") ? ["--objective", "windows", "--step", "2"] : [];
        foreach (string[] fields in Results()[1..])
        {
            string evaluation = AphoristApp.Run(
                ["evaluate", folder[$"found/{fields[1]}"], folder["tiny.txt"], "--tail", "0.1", "--json", .. objective]).Expect(0).Output;
            double bits = JsonDocument.Parse(evaluation).RootElement.GetProperty("bitsPerCharacter").GetDouble();
            Assert.Equal(bits, double.Parse(fields[6], System.Globalization.CultureInfo.InvariantCulture), 1e-9);
        }
    }

    [Fact]
    public void Sweep_OverVocabularySizes_DoesNotPreferTheOneThatKnowsNothing()
    {
        AphoristApp.Run(
            "sweep", "catalog:names", "catalog:aphorisms", "--preset", "quick", "--tokenizer", "words", "--hidden", "16", "--epochs", "1",
            "--validation", "0.1", "--over", "vocabulary-size=3,100,1000", "--sweep", folder["found"]).Expect(0);

        Assert.Equal(["vocabulary-size=1000", "vocabulary-size=100", "vocabulary-size=3"], Results()[1..].Select(fields => fields[1]));
        double[] unknown =
            [.. Results()[1..].Select(fields => double.Parse(fields[^2], System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(unknown.Order(), unknown);
        Assert.True(unknown[^1] > 0.5);
    }

    [Fact]
    public void Sweep_ResultOfAnOlderVersion_IsMeasuredAgain()
    {
        string[] over = ["--tokenizer", "words", "--over", "vocabulary-size=3", "--hidden", "4"];
        string measured = Sweep(over).Expect(0).Output;
        string file = folder["found/vocabulary-size=3/result.json"], result = File.ReadAllText(file);
        File.WriteAllText(file, result.Replace("\"format\": 2", "\"other\": 2", StringComparison.Ordinal)
            .Replace("\"bitsPerCharacter\": ", "\"bitsPerCharacter\": 1e-", StringComparison.Ordinal));

        Assert.Equal(measured, Sweep(over).Expect(0).Output);
        Assert.Equal(result, File.ReadAllText(file));
    }

    [Theory]
    [InlineData("--over varies", "--sweep", "x")]
    [InlineData("--sweep FOLDER", "--over", "hidden=1,2")]
    [InlineData("'hiden' 'hidden'", "--sweep", "x", "--over", "hiden=1,2")]
    [InlineData("'run' --help", "--sweep", "x", "--over", "run=a,b")]
    [InlineData("'hidden' values", "--sweep", "x", "--over", "hidden")]
    [InlineData("'hidden=' values", "--sweep", "x", "--over", "hidden=")]
    [InlineData("empty hidden", "--sweep", "x", "--over", "hidden=1,,2")]
    [InlineData("--hidden whole 'x'", "--sweep", "x", "--over", "hidden=1,x")]
    [InlineData("--dropout below '1.5'", "--sweep", "x", "--over", "dropout=0,1.5")]
    [InlineData("hidden twice", "--sweep", "x", "--over", "hidden=1,1")]
    [InlineData("hidden twice", "--sweep", "x", "--over", "hidden=1", "--over", "hidden=2")]
    [InlineData("--hidden --over", "--sweep", "x", "--hidden", "4", "--over", "hidden=1,2")]
    [InlineData("preset 'foo'", "--sweep", "x", "--preset", "foo", "--over", "hidden=1,2")]
    [InlineData("--reset gru", "--sweep", "x", "--reset", "before", "--over", "hidden=1,2")]
    [InlineData("--random '0'", "--sweep", "x", "--over", "hidden=1,2", "--random", "0")]
    [InlineData("standard input", "-", "--sweep", "x", "--over", "hidden=1,2")]
    [InlineData("preset 'foo' quick", "--sweep", "x", "--over", "preset=quick,foo")]
    [InlineData("standard input", "--sweep", "x", "--over", "validation-text=-,tiny.txt")]
    [InlineData("--validation --validation-text", "--sweep", "x", "--validation", "0.1", "--over", "validation-text=tiny.txt")]
    public void Sweep_WrongCall_IsOneSentenceAndExitCode2(string parts, params string[] arguments)
    {
        AphoristApp.Run(["sweep", .. arguments.Select(word => word == "x" ? folder["x"] : word)]).ExpectSentence(2, parts.Split(' '));
        Assert.False(Directory.Exists(folder["x"]));
    }

    [Fact]
    public void Sweep_NoSuchText_SaysSoAtOnce() =>
        AphoristApp.Run(
            "sweep", folder["nowhere.txt"], "--over", "hidden=4,8", "--sweep", folder["found"]).ExpectSentence(1, "nowhere.txt");

    private CommandResult Sweep(params string[] more) => AphoristApp.Run([.. Call, .. more]);

    /// <summary>The names of a command's options, as its help lists them.</summary>
    private static string[] OptionsOf(string command) =>
    [
        .. AphoristApp.Run(command, "--help").Expect(0).Output.Split('\n')
            .Where(line => line.StartsWith("  -", StringComparison.Ordinal)).Select(
                line => line.Split([' ', ',']).First(word => word.StartsWith("--", StringComparison.Ordinal))),
    ];

    /// <summary>The lines of results.csv, whose fields have no commas in these tests but in the last.</summary>
    private string[][] Results() => [.. File.ReadAllLines(folder["found/results.csv"]).Select(line => line.Split(',', 12))];
}
