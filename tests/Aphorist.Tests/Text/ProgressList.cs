namespace Aphorist.Tests.Text;

/// <summary>Collects progress reports synchronously, where <see cref="Progress{T}"/> posts them.</summary>
internal sealed class ProgressList(Action<CorpusProgress>? reported = null) : IProgress<CorpusProgress>
{
    public List<CorpusProgress> All { get; } = [];

    public void Report(CorpusProgress value)
    {
        All.Add(value);
        reported?.Invoke(value);
    }
}
