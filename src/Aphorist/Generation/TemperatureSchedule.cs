namespace Aphorist;

/// <summary>A temperature that changes from token to token.</summary>
public sealed class TemperatureSchedule
{
    private readonly double[] temperatures;
    private readonly int rampLength;

    private TemperatureSchedule(double[] temperatures, int rampLength) => (this.temperatures, this.rampLength) = (temperatures, rampLength);

    /// <summary>Creates a schedule that repeats a list of temperatures, one per token, as textgenrnn does.</summary>
    /// <param name="temperatures">The temperatures: at least one, each 0 or more.</param>
    /// <exception cref="ArgumentException">There is no temperature.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A temperature is less than 0 or not a number.</exception>
    public static TemperatureSchedule Cycle(params IEnumerable<double> temperatures)
    {
        ArgumentNullException.ThrowIfNull(temperatures);
        double[] all = [.. temperatures];
        if (all.Length == 0) throw new ArgumentException("A cycle needs at least one temperature.", nameof(temperatures));
        foreach (double temperature in all)
        {
            if (!(temperature >= 0))
                throw new ArgumentOutOfRangeException(nameof(temperatures), temperature, "A temperature must be 0 or more.");
        }

        return new(all, rampLength: 0);
    }

    /// <summary>Creates a schedule that changes the temperature in equal steps and then keeps the last one.</summary>
    /// <param name="from">The temperature of the first token: 0 or more, finite.</param>
    /// <param name="to">The temperature of the last token of the ramp: 0 or more, finite.</param>
    /// <param name="length">The number of tokens of the ramp: 2 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of its range.</exception>
    public static TemperatureSchedule Ramp(double from, double to, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 2);
        return new([CheckEnd(from, nameof(from)), CheckEnd(to, nameof(to))], length);

        static double CheckEnd(double temperature, string name) => temperature >= 0 && double.IsFinite(temperature)
            ? temperature
            : throw new ArgumentOutOfRangeException(name, temperature, "A temperature of a ramp must be 0 or more, and finite.");
    }

    /// <summary>Returns the temperature of a token.</summary>
    /// <param name="index">The index of the token among those that are generated: 0 is the first.</param>
    public double GetTemperature(long index) => rampLength == 0
        ? temperatures[index % temperatures.Length]
        : double.Lerp(temperatures[0], temperatures[1], Math.Min(1.0, (double)index / (rampLength - 1)));
}
