using System.Buffers.Binary;
using System.Globalization;
using Aphorist.Interop.Keras;
using Aphorist.Storage;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>
/// Damaged files: each must end in the one exception or in a model, without asking for much memory. The environment variable
/// <c>APHORIST_FUZZ_ROUNDS</c> asks for more rounds than the usual few hundred.
/// </summary>
public sealed class KerasFuzzTests
{
    private const int Seed = 20261124, UsualRounds = 300;

    private const long MostOfFile = 4, SparedForSmallFiles = 64 << 20;

    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("APHORIST_FUZZ_ROUNDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int rounds) ? rounds : UsualRounds;

    [Theory]
    [InlineData(KerasDialect.Keras1)]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_DamagedAtRandom_IsAnErrorOrAModel(KerasDialect dialect)
    {
        byte[] file = new KerasFile(new(new() { Layers = 2, EmbeddingSize = 3 }), dialect).ToBytes();
        Random random = new(Seed);
        (int refused, long most) = (0, 0);
        for (int round = 0; round < Rounds; round++)
        {
            byte[] damaged = Damage(file, random, round);
            long before = GC.GetAllocatedBytesForCurrentThread();
            if (!Reads(damaged)) refused++;
            most = Math.Max(most, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"seed {Seed}, {Rounds} rounds of {file.Length} bytes: {refused} refused, {most:N0} bytes allocated at most");
        // Much of a file is weights, of which any bits are some number, but not all of it.
        Assert.InRange(refused, Rounds / 10, Rounds);
        Assert.InRange(most, 1, MostOfFile * file.Length + SparedForSmallFiles);
    }

    [Theory]
    [InlineData(KerasDialect.Keras2)]
    [InlineData(KerasDialect.Keras3)]
    public void Read_CutOff_IsAnError(KerasDialect dialect)
    {
        byte[] file = new KerasFile(new(new()), dialect).ToBytes();
        for (int length = 0; length < file.Length - 64; length += 97) Assert.False(Reads(file[..length]), $"A file cut off after {length} of {file.Length} bytes was read.");
    }

    private static bool Reads(byte[] bytes)
    {
        try
        {
            return KerasModel.Read(new MemoryStream(bytes)).VocabularySize > 0;
        }
        catch (ModelFileException)
        {
            return false;
        }
    }

    /// <summary>A bit, a byte, a number of 2, 4 or 8 bytes, a place copied to another, or several bits.</summary>
    private static byte[] Damage(byte[] file, Random random, int round)
    {
        byte[] damaged = [.. file];
        int place = random.Next(file.Length - 8);
        switch (round % 6)
        {
            case 0: damaged[place] ^= (byte)(1 << random.Next(8)); break;
            case 1: damaged[place] = (byte)random.Next(256); break;
            case 2: BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(place), random.Next(2) == 0 ? int.MaxValue : -1); break;
            case 3: BinaryPrimitives.WriteInt64LittleEndian(damaged.AsSpan(place / 8 * 8), random.NextInt64(file.Length)); break;
            case 4: file.AsSpan(random.Next(file.Length - 8), 8).CopyTo(damaged.AsSpan(place)); break;
            default:
                for (int bit = 0; bit < 20; bit++) damaged[random.Next(file.Length)] ^= (byte)(1 << random.Next(8));
                break;
        }

        return damaged;
    }
}
