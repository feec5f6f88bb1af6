using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests;

/// <summary>`aphorist train` with a corpus in a folder of its own, without an end, and with checkpoints within epochs.</summary>
internal sealed class CommandTraining : IDisposable
{
    private const string Options = "--hidden 16 --batch 128 --dropout 0.1 --average 0.99 --clip-norm 1 --validation 0.1 "
        + "--samples none --checkpoint-interval 0.1 ";

    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "Aphorist.Cli.dll");

    private readonly TemporaryFolder folder = new();
    private readonly string objective;

    /// <param name="objective">windows or stream.</param>
    public CommandTraining(string objective)
    {
        this.objective = objective;
        folder.Write("corpus.txt", Text(seed: 1));
    }

    /// <summary>The folder in which the command runs.</summary>
    public string Folder => folder.Path;

    /// <summary>The paths of all files in that folder, relative to it.</summary>
    public IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order();

    /// <summary>Whether the run can be resumed.</summary>
    public bool IsCreated => File.Exists(folder["run/options.json"]);

    /// <summary>The number of completed epochs.</summary>
    public int Epochs => File.Exists(folder["run/metrics.csv"]) ? File.ReadLines(folder["run/metrics.csv"]).Count() - 1 : 0;

    private string[] Train =>
    [
        Assembly, "train", "corpus.txt", "--run", "run", "--epochs", "1000000",
        .. (Options + (objective == "windows" ? "--preset notebook --window 20" : "--preset char-rnn --sequence 20")).Split(' '),
    ];

    /// <summary>Writes a text into another file.</summary>
    public void WriteText(string relative, int seed) => folder.Write(relative, Text(seed));

    /// <summary>Starts the training in several ranks.</summary>
    public MpiJob Start(MpiInstallation mpi, int ranks, NetworkHosts? hosts = null, params string[] more) =>
        new(mpi, ranks, Folder, ["dotnet", .. Train, "--distributed", .. more], hosts);

    /// <summary>Starts the training in several ranks, with an environment variable.</summary>
    public MpiJob StartWith((string, string) variable, MpiInstallation mpi, int ranks) =>
        new(mpi, ranks, Folder, ["dotnet", .. Train, "--distributed"], null, variable);

    /// <summary>Starts the training with a shell script, in which "$@" is the call of the command, and $rank the rank.</summary>
    public MpiJob StartWithScript(MpiInstallation mpi, int ranks, string script) =>
        new(
            mpi, ranks, Folder,
            ["sh", "-c", "rank=${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; " + script, "sh", "dotnet", .. Train, "--distributed"]);

    /// <summary>
    /// Resumes copies of the run in 1, 2 and 4 ranks, for two more epochs, and checks that they end in the weights of a run that was not
    /// interrupted.
    /// </summary>
    public void AssertResumes(MpiInstallation mpi)
    {
        string[] epochs = ["--epochs", $"{Epochs + 2}"];
        using CommandTraining alone = new(objective);
        RunAlone(alone.Folder, ["dotnet", .. alone.Train, .. epochs]);
        foreach (int ranks in (int[])[1, 2, 4])
        {
            string copy = $"resumed-{ranks}";
            CopyRun(copy);
            string[] resume = ["dotnet", Assembly, "train", "--resume", copy, .. epochs];
            if (ranks == 1) RunAlone(Folder, resume);
            else
            {
                using MpiJob job = new(mpi, ranks, Folder, [.. resume, "--distributed"]);
                job.WaitForEnd();
                Assert.True(job.ExitCode == 0, $"Resumed in {ranks} ranks:\n{job.Everything}");
            }

            Assert.Equal(WeightsOf(alone.folder["run"]), WeightsOf(folder[copy]));
        }
    }

    public void Dispose() => folder.Dispose();

    // The best model and the last one.
    private static string WeightsOf(string run)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in (string[])["model.safetensors", "last.safetensors"])
        {
            Parameters parameters = LanguageModel.Load(Path.Combine(run, file)).Parameters;
            foreach (ParameterTensor tensor in parameters.Tensors) hash.AppendData(MemoryMarshal.AsBytes(parameters.GetValues(tensor)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void RunAlone(string folder, string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    private static string Text(int seed)
    {
        string[] words = ["truth", "woman", "suppose", "that", "is", "a", "what", "then", "grounds", "suspicion", "not", "all", "in"];
        StringBuilder text = new();
        Random random = new(seed);
        while (text.Length < 40_000) text.Append(words[random.Next(words.Length)]).Append(random.Next(9) == 0 ? ".\n" : " ");
        return text.ToString();
    }

    private void CopyRun(string name)
    {
        foreach (string file in Directory.EnumerateFiles(folder["run"]))
            folder.Write($"{name}/{Path.GetFileName(file)}", File.ReadAllBytes(file));
    }
}
