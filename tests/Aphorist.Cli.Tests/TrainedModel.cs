
[assembly: AssemblyFixture(typeof(Aphorist.Cli.Tests.TrainedModel))]

namespace Aphorist.Cli.Tests;

/// <summary>One small model, trained by the command, for all tests that only read it.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainedModel()
    {
        folder.Write("tiny.txt", TinyText.OfLength(3000));
        AphoristProcess.Run(folder.Path, "train", "tiny.txt", "--epochs", "1", "--window", "20", "--samples", "false", "--quiet").Expect(0);
    }

    /// <summary>The run's folder.</summary>
    public string Run => folder[Path.Combine("runs", "tiny")];

    /// <summary>The model file.</summary>
    public string File => Path.Combine(Run, "model.safetensors");

    public void Dispose() => folder.Dispose();
}
