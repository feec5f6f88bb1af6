using System.Buffers.Binary;
using Aphorist.Interop.Hdf5;
using Aphorist.Tests.Storage;
using PureHDF;
using Xunit;

namespace Aphorist.Interop.Tests.Hdf5;

/// <summary>What is written in the old and the new form of the format is read; what contradicts itself ends in an error.</summary>
public sealed class Hdf5FileTests
{
    private static readonly float[] Ramp = [.. Enumerable.Range(0, 35).Select(number => number / 8f - 2)];

    [Fact]
    public void Array_OldForm_IsRead() => Assert.Equal(Ramp, Open(OldFile(new(Ramp, 5, 7))).Array("layers/layer_4/kernel:0").Read(5, 7));

    [Fact]
    public void Array_BigEndian_IsRead() =>
        Assert.Equal(Ramp, Open(OldFile(new(Ramp, 5, 7) { IsBigEndian = true })).Array("layers/layer_4/kernel:0").Read(5, 7));

    [Theory]
    [InlineData(5, 7)]
    [InlineData(2, 3)]
    [InlineData(1, 7)]
    [InlineData(8, 8)]
    public void Array_PackedChunksOfTheOldForm_AreJoined(int rows, int columns) =>
        Assert.Equal(Ramp, Open(OldFile(new(Ramp, 5, 7) { Chunk = [rows, columns] })).Array("layers/layer_4/kernel:0").Read(5, 7));

    [Fact]
    public void Has_ManyNamesOfTheOldForm_FindsEach()
    {
        Hdf5File file = Open(OldFile(new(Ramp, 35)));

        Assert.All(Enumerable.Range(0, 20), number => Assert.True(file.Has($"layers/layer_{number}")));
        Assert.False(file.Has("layers/layer_20"));
        Assert.False(file.Has("layers/layer_4/kernel:0/more"));
    }

    [Fact]
    public void Text_OldForm_IsRead()
    {
        Hdf5File file = Open(OldFile(new(Ramp, 35)));

        Assert.Equal("2.2.4 é", file.Text("/", "keras_version"));
        Assert.Equal(["kernel:0", "b"], file.Names("layers", "weight_names"));
        Assert.Empty(file.Names("layers", "nothing"));
        Assert.Empty(file.Names("layers", "missing"));
        Assert.Null(file.Text("layers", "weight_names"));
    }

    [Fact]
    public void Array_NewForm_IsRead()
    {
        H5File written = new()
        {
            ["layers"] = new H5Group
            {
                ["kernel"] = new H5Dataset(
            Array.ConvertAll(Ramp, value => (double)value), fileDims: [5, 7])
            }
        };
        written.Attributes["texts"] = new[] { "one", "", "three é" };

        Hdf5File file = Open(BytesOf(written));

        Assert.Equal(Ramp, file.Array("layers/kernel").Read(5, 7));
        Assert.Equal(["one", "", "three é"], file.Names("/", "texts"));
    }

    [Theory]
    [InlineData("TREE", 5, "a tree's level")]
    [InlineData("SNOD", 6, "a table's length")]
    [InlineData("HEAP", 8, "a heap's length")]
    public void Open_NumbersOfTheOldFormTooLarge_IsAnError(string signature, int offset, string what)
    {
        byte[] bytes = OldFile(new(Ramp, 5, 7) { Chunk = [2, 3] });
        int changed = 0;
        for (int place = IndexOf(bytes, signature, 0); place >= 0; place = IndexOf(bytes, signature, place + 4), changed++)
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(place + offset), 0x7F7F);

        Assert.True(changed > 0);
        Assert.True(DamagedFiles.IsRefused(bytes, ReadKernel), what);
    }

    [Fact]
    public void Open_TreeThatLeadsToItself_EndsInAnError()
    {
        byte[] bytes = OldFile(new(Ramp, 5, 7));
        // The highest node of the largest group, whose level is not 0.
        int node = Enumerable.Range(0, bytes.Length - 5)
            .Last(place => bytes.AsSpan(place, 4).SequenceEqual("TREE"u8) && bytes[place + 5] > 0);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(node + 24 + 8), node);

        Assert.True(DamagedFiles.IsRefused(bytes, ReadKernel));
    }

    [Fact]
    public void Open_HeaderThatGoesOnInItself_EndsInAnError()
    {
        byte[] bytes = OldFile(new(Ramp, 5, 7));
        long root = BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(64));
        int length = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan((int)root + 8));
        // The continuation is the last message: its place and length now are those of the block that it stands in.
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((int)root + 16 + length - 16), root + 16);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan((int)root + 16 + length - 8), length);

        Assert.True(DamagedFiles.IsRefused(bytes, ReadKernel));
    }

    [Fact]
    public void Read_DamagedAtRandom_IsAnErrorOrValues() =>
        Assert.InRange(DamagedFiles.CountRefused(OldFile(new(Ramp, 5, 7) { Chunk = [2, 3] }), ReadKernel), DamagedFiles.Rounds / 10,
            DamagedFiles.Rounds);

    [Fact]
    public void Array_OtherShape_SaysBoth() =>
        Assert.Contains("have the shape [5, 7] where [7, 5] is expected", Assert.Throws<ModelFileException>(
            () => Open(OldFile(new(Ramp, 5, 7))).Array("layers/layer_4/kernel:0").Read(7, 5)).Message, StringComparison.Ordinal);

    private static byte[] OldFile(OldHdf5Array array)
    {
        OldHdf5Group layers = new(), root = new();
        for (int number = 0; number < 20; number++) layers.Groups[$"layer_{number}"] = new();
        layers.Groups["layer_4"].Arrays["kernel:0"] = array;
        layers.Attributes["weight_names"] = ["kernel:0", "b"];
        layers.Attributes["nothing"] = [];
        root.Groups["layers"] = layers;
        root.Attributes["backend"] = ["tensorflow"];
        root.Attributes["keras_version"] = ["2.2.4 é"];
        return OldHdf5Writer.Write(root);
    }

    private static byte[] BytesOf(H5File file)
    {
        using MemoryStream stream = new();
        file.Write(stream);
        return stream.ToArray();
    }

    private static void ReadKernel(Stream stream) => new Hdf5File("test.h5", stream).Array("layers/layer_4/kernel:0").Read(5, 7);

    private static Hdf5File Open(byte[] bytes) => new("test.h5", new MemoryStream(bytes));

    private static int IndexOf(byte[] bytes, string signature, int start)
    {
        int found = bytes.AsSpan(start).IndexOf(System.Text.Encoding.ASCII.GetBytes(signature));
        return found < 0 ? -1 : start + found;
    }
}
