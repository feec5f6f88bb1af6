namespace Aphorist.Cli.Commands.Bench;

/// <summary>How fast one kind of writing is.</summary>
/// <param name="Characters">Characters per second.</param>
/// <param name="Share">Its share of what limits it.</param>
internal sealed record WritingRate(double Characters, double Share);

/// <summary>How fast this machine writes.</summary>
/// <param name="Stateful">One text with the notebook's model, one thread, as a share of the peak.</param>
/// <param name="Strategies">The same with top-p and a repetition penalty.</param>
/// <param name="Many">Many texts at once, all threads.</param>
/// <param name="Window">One text by exact windows, all threads.</param>
/// <param name="Reading">Bytes per second that one thread reads from a memory of the size of the large model's weights.</param>
/// <param name="Large">One text with the large model, one thread, as a share of <paramref name="Reading"/>.</param>
/// <param name="LargeMany">Many texts at once with the large model, all threads, as a share of the peak.</param>
internal sealed record WritingFigures(
    WritingRate Stateful, WritingRate Strategies, WritingRate Many, WritingRate Window, double Reading, WritingRate Large, WritingRate LargeMany);
