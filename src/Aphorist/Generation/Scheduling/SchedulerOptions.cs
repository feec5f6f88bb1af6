namespace Aphorist;

/// <summary>Options of a <see cref="GenerationScheduler"/>.</summary>
/// <remarks>A property that is set to a value out of its range throws <see cref="InvalidOptionsException"/>.</remarks>
public sealed record SchedulerOptions
{
    /// <summary>How much of the text the model sees; by default, the mode that the model was trained for.</summary>
    public GenerationMode? Mode { get; init; }

    /// <summary>
    /// The maximum number of texts that are generated at the same time: 1 to 4,096. 256 by default. Fewer texts run at once if their states
    /// would need more than 256 MiB.
    /// </summary>
    public int MaxRunningTexts { get; init => field = GenerationOptions.Check(value, value is >= 1 and <= 4096, "1 to 4096"); } = 256;

    /// <summary>The maximum number of texts that wait for a slot: 0 to 1,000,000. 1,000 by default.</summary>
    public int MaxQueuedTexts
    {
        get;
        init => field = GenerationOptions.Check(value, value is >= 0 and <= 1_000_000, "0 to 1000000");
    } = 1000;

    /// <summary>
    /// The maximum number of tokens in the prompts of all texts that have not ended, each of which needs 4 bytes of memory: 1 or more.
    /// 16,777,216 by default. A longer prompt is accepted only if there are no others.
    /// </summary>
    public long MaxPromptTokens { get; init => field = GenerationOptions.Check(value, value >= 1, "1 or more"); } = 16 << 20;

    /// <summary>
    /// The longest time from the submission of a text to its end: greater than 0, at most one day. Null, the default, means no limit. The
    /// limit also ends texts whose readers have stopped reading.
    /// </summary>
    public TimeSpan? Timeout
    {
        get;
        init => field = GenerationOptions.Check(
            value,
            value is null || (value > TimeSpan.Zero && value <= TimeSpan.FromDays(1)),
            "greater than 0 and at most one day, or null for no limit");
    }
}
