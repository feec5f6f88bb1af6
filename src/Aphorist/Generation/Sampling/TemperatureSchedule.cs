namespace Aphorist;

/// <summary>A temperature that changes from token to token.</summary>
public sealed class TemperatureSchedule
{
    private readonly double[] temperatures;
    private readonly int rampLength;

    private TemperatureSchedule(double[] temperatures, int rampLength)
    {
        foreach (double temperature in temperatures)
            if (!(temperature >= 0)) throw new ArgumentOutOfRangeException(nameof(temperatures), temperature, "A temperature must be 0 (always the likeliest token) or above.");
        (this.temperatures, this.rampLength) = (temperatures, rampLength);
    }

    /// <summary>Takes temperatures in turn, a token each, over and over, as textgenrnn does: high ones now and then give a sober text fresh turns.</summary>
    /// <param name="temperatures">At least one, each 0 or above.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">One is below 0 or not a number.</exception>
    public static TemperatureSchedule Cycle(params IEnumerable<double> temperatures)
    {
        double[] all = [.. temperatures ?? throw new ArgumentNullException(nameof(temperatures))];
        return all.Length > 0 ? new(all, rampLength: 0) : throw new ArgumentException("A cycle of temperatures needs at least one.", nameof(temperatures));
    }

    /// <summary>Goes from one temperature to another in equal steps, and stays there.</summary>
    /// <param name="from">The first token's, 0 or above.</param>
    /// <param name="to">The last one's, 0 or above.</param>
    /// <param name="length">Tokens on the way, the first and the last included; at least 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A temperature is below 0 or infinite, or the length below 2.</exception>
    public static TemperatureSchedule Ramp(double from, double to, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        if (!double.IsFinite(from - to)) throw new ArgumentOutOfRangeException(nameof(to), to, "A ramp goes from one finite temperature to another.");
        return new([from, to], length);
    }

    /// <summary>The temperature of a token.</summary>
    /// <param name="place">Which one that is written; 0 is the first.</param>
    public double GetTemperature(long place) => rampLength == 0
        ? temperatures[place % temperatures.Length]
        : double.Lerp(temperatures[0], temperatures[1], Math.Min(1.0, (double)place / (rampLength - 1)));
}
