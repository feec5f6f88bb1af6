using Aphorist.Training;

namespace Aphorist.Cli.Commands.Train;

/// <summary>Everything a training run needs, checked and ready; its folder is locked until it is disposed of.</summary>
internal sealed record PreparedRun(LanguageModel Model, Corpus Corpus, RunOptions Options, RunFolder Folder, Trainer Trainer) : IDisposable
{
    public void Dispose() => Folder.Dispose();
}
