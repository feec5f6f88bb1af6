using System.Buffers.Binary;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>Loading a damaged file gives a clear error or a valid model, and allocates little memory.</summary>
public sealed class ModelFileFuzzTests : IDisposable
{
    private const int Seed = 20240607;

    private readonly TemporaryFolder folder = new();
    private readonly byte[] file;
    private readonly int headerEnd;

    public ModelFileFuzzTests()
    {
        LanguageModel model = SampleModel.Make();
        model.Training = SampleModel.Training;
        model.Save(FilePath);
        file = File.ReadAllBytes(FilePath);
        headerEnd = sizeof(long) + (int)BinaryPrimitives.ReadInt64LittleEndian(file);
    }

    private string FilePath => folder["model.safetensors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Load_CutOffAnywhere_IsAnError()
    {
        for (int length = 0; length < file.Length; length += length < headerEnd + 8 ? 1 : 37)
            Assert.False(Loads(file[..length]), $"A file cut off after {length} bytes was loaded.");
    }

    [Fact]
    public void Load_BytesAppended_IsAnError()
    {
        foreach (int count in (int[])[1, 4, 64]) Assert.False(Loads([.. file, .. new byte[count]]));
    }

    [Fact]
    public void Load_AnyHeaderBitFlipped_IsAnErrorOrAModel()
    {
        int loaded = 0;
        for (int position = 0; position < headerEnd; position++)
            for (int bit = 0; bit < 8; bit++)
                if (Loads(Changed(position, (byte)(file[position] ^ (1 << bit))))) loaded++;

        // A letter of the corpus's name may be another one; most of the header may not.
        Assert.InRange(loaded, 1, headerEnd * 4);
    }

    [Fact]
    public void Load_DataBitsFlipped_IsAnErrorOrAModel()
    {
        for (int position = headerEnd; position < file.Length; position += 13)
            for (int bit = 0; bit < 8; bit++) Loads(Changed(position, (byte)(file[position] ^ (1 << bit))));
    }

    [Fact]
    public void Load_HeaderBytesReplacedDeletedOrRepeated_IsAnErrorOrAModel()
    {
        Random random = new(Seed);
        ReadOnlySpan<byte> interesting = "0123456789-.eE\"\\{}[]:, \0\x80\xff"u8;
        for (int round = 0; round < 4000; round++)
        {
            int position = random.Next(headerEnd);
            int length = random.Next(1, Math.Min(20, headerEnd - position + 1));
            byte[] changed = (round % 3) switch
            {
                0 => Changed(position, interesting[random.Next(interesting.Length)]),
                1 => [.. file[..position], .. file[(position + length)..]],
                _ => [.. file[..(position + length)], .. file[position..]],
            };
            if (round % 2 == 0) BinaryPrimitives.WriteInt64LittleEndian(changed, headerEnd - sizeof(long) + changed.Length - file.Length);
            Loads(changed);
        }
    }

    [Fact]
    public void Load_Garbage_IsAnError()
    {
        Random random = new(Seed);
        for (int round = 0; round < 2000; round++)
        {
            byte[] garbage = new byte[random.Next(400)];
            random.NextBytes(garbage);
            if (round % 2 == 0 && garbage.Length > 9)
            {
                BinaryPrimitives.WriteInt64LittleEndian(garbage, random.Next(garbage.Length - 8));
                garbage[8] = (byte)'{';
            }

            Assert.False(Loads(garbage), $"Garbage was loaded (seed {Seed}, round {round}).");
        }
    }

    private byte[] Changed(int position, byte value)
    {
        byte[] changed = [.. file];
        changed[position] = value;
        return changed;
    }

    /// <summary>
    /// Whether a file with these bytes loads; fails the test when loading ends in anything but a model or a proper error.
    /// </summary>
    private bool Loads(byte[] bytes)
    {
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        bool loaded = LoadOrRefusal.Loads(FilePath, bytes);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1 << 20);
        return loaded;
    }
}
