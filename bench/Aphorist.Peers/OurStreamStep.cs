namespace Aphorist.Peers;

/// <summary>The place for our side of <see cref="IStreamStep"/>. The comparison leaves its columns empty until there is one.</summary>
internal static class OurStreamStep
{
    /// <summary>Our step with these sizes, or null if the engine cannot do them.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="parameters">What to start from: <see cref="StreamWork.Parameters"/>.</param>
    /// <param name="threads">How many to use.</param>
    public static IStreamStep? Create(StreamShape shape, IReadOnlyDictionary<string, float[]> parameters, int threads)
    {
        // The engine has no stacked layers yet. Once it has, the class that implements IStreamStep is made here and nothing else changes.
        _ = (shape, parameters, threads);
        return null;
    }
}
