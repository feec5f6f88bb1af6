namespace Aphorist.Training;

/// <summary>The numbers that a run consists of, now and at the end of the last good epoch; most have the parameters' layout.</summary>
internal sealed class TrainingSnapshot
{
    private readonly (string Name, Memory<float> Values)[] current, good;
    private readonly (string Name, Memory<float> Values) states;

    /// <param name="parameters">The parameters that the optimizer moves.</param>
    /// <param name="moments">The optimizer's moments, and the average of the parameters if there is one.</param>
    /// <param name="states">The streams' states, which every epoch begins anew; may be empty.</param>
    public TrainingSnapshot(Memory<float> parameters, IReadOnlyList<(string Name, Memory<float> Values)> moments, Memory<float> states)
    {
        current = [("parameters", parameters), .. moments];
        good = [.. current.Select(arena => ("good." + arena.Name, new Memory<float>(new float[arena.Values.Length])))];
        this.states = ("states", states);
    }

    /// <summary>What a checkpoint holds.</summary>
    public IEnumerable<(string Name, Memory<float> Values)> Named => states.Values.IsEmpty ? [.. current, .. good] : [.. current, .. good, states];

    /// <summary>Remembers the present as good.</summary>
    public void Keep() => Copy(current, good);

    /// <summary>Returns to what was good.</summary>
    public void Restore() => Copy(good, current);

    private static void Copy((string Name, Memory<float> Values)[] from, (string Name, Memory<float> Values)[] to)
    {
        for (int index = 0; index < from.Length; index++) from[index].Values.CopyTo(to[index].Values);
    }
}
