[assembly: AssemblyFixture(typeof(Aphorist.Cli.Tests.TrainedModel))]

namespace Aphorist.Cli.Tests;

/// <summary>A small model that the command trained, for all tests that only read one.</summary>
public sealed class TrainedModel : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TrainedModel() => AphoristApp.Run(
        "train", folder.Write(
            "tiny.txt", TinyText.OfLength(3000)), "--preset", "notebook", "--epochs", "1", "--window", "20", "--samples", "false", "--run",
            Run).Expect(0);

    /// <summary>The run's folder.</summary>
    public string Run => folder["runs/tiny"];

    /// <summary>The model file.</summary>
    public string File => Path.Combine(Run, "model.safetensors");

    public void Dispose() => folder.Dispose();
}
