using Aphorist.Cli.Commands.Train;

namespace Aphorist.Cli.Tests.Commands.Train;

/// <summary>The command in several processes: what it refuses, and who speaks.</summary>
public sealed class DistributedTrainingTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public DistributedTrainingTests() => folder.Write("tiny.txt", TinyText.OfLength(3000));

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Train_DistributedWithoutALauncher_ShowsHowToLaunch()
    {
        using AphoristProcess process = AphoristProcess.Start(folder.Path, null, "train", "tiny.txt", "--distributed");
        process.Wait().ExpectSentence(2, "mpiexec -n 4 aphorist train CORPUS --distributed");
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public void Train_TimeoutOfOneProcess_IsRefused() =>
        AphoristApp.Run("train", folder["tiny.txt"], "--timeout", "5").ExpectSentence(2, "--timeout", "--distributed");

    [Fact]
    public void Train_LaunchedWithoutDistributed_IsRefusedByTheFirstProcess()
    {
        AphoristApp.RunAsRank(0, 4, "train", folder["tiny.txt"], "--run", folder["run"]).ExpectSentence(2, "4 processes", "--distributed");
        Assert.False(Directory.Exists(folder["run"]));
    }

    [Theory]
    [InlineData("--epocs", "1")]
    [InlineData("--epochs", "none")]
    [InlineData("--run", "")]
    [InlineData("--layers", "1")]
    public void Train_WrongCallInAnotherProcess_IsSilent(string option, string value)
    {
        CommandResult result = AphoristApp.RunAsRank(3, 4, "train", folder["tiny.txt"], option, value).Expect(2);
        Assert.Equal(("", ""), (result.Output, result.Error));
    }

    [Fact]
    public void Help_InAnotherProcess_IsSilent()
    {
        CommandResult result = AphoristApp.RunAsRank(1, 2, "train", "--help").Expect(0);
        Assert.Equal(("", ""), (result.Output, result.Error));
    }

    [Theory]
    // MPICH, Open MPI and Slurm.
    [InlineData("PMI_RANK", "PMI_SIZE")]
    [InlineData("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")]
    [InlineData("SLURM_PROCID", "SLURM_STEP_NUM_TASKS")]
    public void Train_VariablesOfALauncher_TellWhoSpeaks(string rank, string size)
    {
        Run("0").ExpectSentence(2, "started 2 processes");
        Assert.Equal("", Run("1").Expect(2).Error);
        Assert.False(Directory.Exists(folder["runs"]));

        CommandResult Run(string number)
        {
            using AphoristProcess process = AphoristProcess.StartWith(folder.Path, [(rank, number), (size, "2")], "train", "tiny.txt");
            return process.Wait();
        }
    }

    [Fact]
    public void OtherCommands_VariablesOfALauncher_AreNotSilent()
    {
        using AphoristProcess process = AphoristProcess.StartWith(
            folder.Path, [("PMI_RANK", "1"), ("PMI_SIZE", "2")], "info", "missing.safetensors");
        process.Wait().ExpectSentence(1, "missing.safetensors");
    }

    [Theory]
    [InlineData("0", "0", "aphorist: ")]
    // The first process of another machine.
    [InlineData("2", "0", "rank 2 of 4 (")]
    [InlineData("3", "1", null)]
    public void Train_NoMpiLibrary_IsReportedOnceByEachMachine(string rank, string localRank, string? name)
    {
        using AphoristProcess process = AphoristProcess.StartWith(
            folder.Path,
            [("PMI_RANK", rank), ("PMI_SIZE", "4"), ("MPI_LOCALRANKID", localRank), ("APHORIST_MPI", folder["missing.so"])],
            "train", "tiny.txt", "--distributed");
        CommandResult result = process.Wait().Expect(2);

        if (name is null) Assert.Equal("", result.Error);
        else Assert.StartsWith(name, Assert.Single(result.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
        Assert.Equal("", result.Output);
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public void ResumeCall_SeveralProcesses_StartsAsMany()
    {
        Assert.Equal(
            "mpiexec -n 4 aphorist train --resume runs/a --epochs 9 --distributed", DistributedTraining.ResumeCall("runs/a --epochs 9", 4));
        Assert.Equal("aphorist train --resume runs/a", DistributedTraining.ResumeCall("runs/a", 1));
    }

    [Fact]
    public void Train_ThreeProcesses_SpeakAsOneAndResume()
    {
        Assert.SkipUnless(HasLauncher, "There is no mpiexec.");
        string[] options = ["--preset", "char-rnn", "--hidden", "8", "--batch", "32"];
        AphoristApp.Run(["train", folder["tiny.txt"], .. options, "--epochs", "2", "--run", folder["alone"]]).Expect(0);
        CommandResult first = RunRanks(3, ["train", "tiny.txt", .. options, "--epochs", "1", "--run", "run", "--distributed"]).Expect(0);
        CommandResult second = RunRanks(2, "train", "--resume", "run", "--epochs", "2", "--json", "--distributed").Expect(0);

        first.ExpectError(
            "Training in 3 processes on 1 machine.", "Only 2 of 3 processes have work in each batch", "--batch 48, ");
        Assert.Single(first.Error.Split('\n'), line => line.StartsWith("Run folder: ", StringComparison.Ordinal));
        Assert.DoesNotContain('\e', first.Output + first.Error);
        Assert.Equal(2, second.JsonLines()[0].GetProperty("processes").GetInt32());
        Assert.Equal(2, second.JsonLines()[0].GetProperty("workingProcesses").GetInt32());
        Assert.Equal(Weights("alone"), Weights("run"));
    }

    [Fact]
    public void Train_WrongCallOfThreeProcesses_IsReportedOnce()
    {
        Assert.SkipUnless(HasLauncher, "There is no mpiexec.");
        CommandResult result = RunRanks(3, "train", "tiny.txt", "--layers", "none", "--distributed").Expect(2);

        Assert.Single(result.Error.Split('\n'), line => line.Contains("--layers", StringComparison.Ordinal));
        Assert.DoesNotContain("rank ", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("missing.txt", 1, "There is no file or folder 'missing.txt'")]
    [InlineData("-", 2, "A text from standard input reaches only one of the processes.")]
    [InlineData("/dev/null", 2, "A text from the pipe or device '/dev/null' reaches only one of the processes.")]
    public void Train_TextThatCannotBeShared_EndsAllAndWritesNothing(string text, int exitCode, string sentence)
    {
        Assert.SkipUnless(HasLauncher, "There is no mpiexec.");
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no /dev/null.");
        RunRanks(2, "train", text, "--distributed").Expect(exitCode).ExpectError(sentence);
        Assert.False(Directory.Exists(folder["runs"]));
    }

    [Fact]
    public void Train_OneProcessFails_SaysWhyAndEndsAll()
    {
        Assert.SkipUnless(HasLauncher, "There is no mpiexec.");
        // The other processes of the machine have the file.
        using AphoristProcess process = AphoristProcess.StartRanks(
            2, folder.Path, "sh", "-c",
            "if [ ${OMPI_COMM_WORLD_RANK:-$PMI_RANK} = 1 ]; then cd /; fi; "
            + $"exec dotnet '{AphoristProcess.Assembly}' train tiny.txt --distributed --run '{folder["run"]}'");
        CommandResult result = process.Wait();

        Assert.NotEqual(0, result.ExitCode);
        string sentence = Assert.Single(result.Error.Split('\n'), line => line.Contains("tiny.txt", StringComparison.Ordinal));
        Assert.StartsWith("rank 1 of 2 (", sentence, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]));
    }

    private static bool HasLauncher => AphoristProcess.RunInBash(".", "command -v mpiexec").ExitCode == 0;

    private CommandResult RunRanks(int count, params string[] arguments)
    {
        using AphoristProcess process = AphoristProcess.StartRanks(count, folder.Path, ["dotnet", AphoristProcess.Assembly, .. arguments]);
        return process.Wait();
    }

    private float[] Weights(string run)
    {
        Parameters parameters = LanguageModel.Load(folder[$"{run}/last.safetensors"]).Parameters;
        return [.. parameters.Tensors.SelectMany(tensor => parameters.ToArray(tensor.Name))];
    }
}
