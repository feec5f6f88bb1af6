namespace Aphorist.Numerics;

/// <summary>
/// The purposes of random numbers. Streams with different purposes are independent for the same seed. The values must not change, for
/// reproducibility.
/// </summary>
internal enum RandomPurpose : uint
{
    InputKernel = 1,
    RecurrentKernel = 2,
    DecoderKernel = 3,
    Shuffle = 4,
    Sampling = 5,
    SampleSeed = 6,
    Embedding = 7,
    Dropout = 8,
    StreamOffset = 9,
    ShuffleBlocks = 11,
    SweepChoice = 14,
}

/// <summary>Random numbers by index: the same seed, purpose, stream number and index always give the same number.</summary>
internal readonly record struct RandomStream(ulong Seed, RandomPurpose Purpose, uint Number = 0)
{
    /// <summary>Returns a random 64-bit word.</summary>
    public ulong Bits(ulong index)
    {
        (uint x0, uint x1, _, _) = Philox.Generate(Seed, (uint)index, (uint)(index >> 32), (uint)Purpose, Number);
        return (ulong)x1 << 32 | x0;
    }

    /// <summary>Returns a uniform double in [0, 1) with 53 random bits.</summary>
    public double Uniform(ulong index) => (Bits(index) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Returns a uniform integer in [0, <paramref name="bound"/>). The bias of the multiplication is below bound / 2^64.</summary>
    public int Below(ulong index, int bound) => (int)Math.BigMul(Bits(index), (ulong)bound, out _);

    /// <inheritdoc cref="Below(ulong, int)"/>
    public long Below(ulong index, long bound) => (long)Math.BigMul(Bits(index), (ulong)bound, out _);

    /// <summary>Returns a normally distributed double with mean 0 and variance 1 (Box and Muller).</summary>
    public double Normal(ulong index)
    {
        (uint x0, uint x1, uint x2, uint x3) = Philox.Generate(Seed, (uint)index, (uint)(index >> 32), (uint)Purpose, Number);
        double u = (((ulong)x1 << 32 | x0) + 1.0) / 18446744073709551616.0;
        double v = ((ulong)x3 << 32 | x2) / 18446744073709551616.0;
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }

    /// <summary>Shuffles a span (Fisher and Yates).</summary>
    /// <param name="values">The span.</param>
    /// <param name="firstIndex">The index of the first random number. One number is used for each value.</param>
    public void Shuffle(Span<int> values, ulong firstIndex = 0)
    {
        for (int last = values.Length - 1; last > 0; last--)
        {
            int other = Below(firstIndex + (ulong)last, last + 1);
            (values[last], values[other]) = (values[other], values[last]);
        }
    }
}
