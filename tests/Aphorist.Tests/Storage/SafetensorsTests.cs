using System.Buffers.Binary;
using System.Text;
using Aphorist.IO;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Storage;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["x.safetensors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Writer_AnyTensorsAndMetadata_ReadBackBitForBit() =>
        Gen.Select(Gen.Float.Array[0, 300], Gen.Double.Array[0, 40], Gen.String).Sample(
            (floats, doubles, text) =>
            {
                string validText = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
                using (SafetensorsWriter writer = new(FilePath))
                {
                    writer.SetMetadata("text", validText);
                    writer.Declare("floats", floats.Length);
                    writer.DeclareDouble("doubles", doubles.Length);
                    writer.Write("floats", floats);
                    writer.Write("doubles", doubles);
                    writer.Commit();
                }

                using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
                float[] readFloats = new float[floats.Length];
                double[] readDoubles = new double[doubles.Length];
                reader.Read("floats", readFloats);
                reader.Read("doubles", readDoubles);
                Assert.Equal(floats.Select(BitConverter.SingleToInt32Bits), readFloats.Select(BitConverter.SingleToInt32Bits));
                Assert.Equal(doubles.Select(BitConverter.DoubleToInt64Bits), readDoubles.Select(BitConverter.DoubleToInt64Bits));
                Assert.Equal(validText, reader.Metadata["text"]);
            },
            iter: 100,
            threads: 1);

    [Fact]
    public void Writer_AnyHeader_DataStartAtMultipleOf64()
    {
        for (int length = 1; length < 70; length++)
        {
            using (SafetensorsWriter writer = new(FilePath))
            {
                writer.Declare(new string('n', length), 1);
                writer.Write(new string('n', length), [1f]);
                writer.Commit();
            }

            using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
            Assert.Equal(0, reader.Tensors[0].Position % 64);
        }
    }

    [Fact]
    public void Writer_ValuesInParts_AreOneTensor()
    {
        using (SafetensorsWriter writer = new(FilePath))
        {
            writer.Declare("scalar");
            writer.Declare("empty", 0, 5);
            writer.Declare("matrix", 2, 2);
            writer.Write("scalar", [7f]);
            writer.Write("matrix", [1f, 2f, 3f]);
            writer.Write("matrix", [4f]);
            writer.Commit();
        }

        using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
        float[] matrix = new float[4];
        reader.Read("matrix", matrix);
        Assert.Equal([1f, 2f, 3f, 4f], matrix);
        reader.Read(reader.Find("matrix")!, 2, matrix.AsSpan(0, 2));
        Assert.Equal([3f, 4f], matrix[..2]);
        Assert.Equal("[]", reader.Find("scalar")!.ShapeText);
        Assert.Equal("[0, 5]", reader.Find("empty")!.ShapeText);
    }

    [Fact]
    public void Writer_MisusedOrUncommitted_LeavesThePreviousFile()
    {
        AtomicFile.WriteAllText(FilePath, "previous");
        using (SafetensorsWriter writer = new(FilePath))
        {
            writer.Declare("a", 2);
            writer.Declare("b", 1);
            Assert.Throws<ArgumentException>(() => writer.Declare("a", 1));
            Assert.Throws<ArgumentException>(() => writer.Declare("__metadata__", 1));
            Assert.Throws<InvalidOperationException>(() => writer.Write("b", [1f]));
            Assert.Throws<InvalidOperationException>(() => writer.Write("a", [1d]));
            Assert.Throws<ArgumentException>(() => writer.Write("a", [1f, 2f, 3f]));
            Assert.Throws<InvalidOperationException>(writer.Commit);
        }

        Assert.Equal("previous", File.ReadAllText(FilePath));
        Assert.Equal(["x.safetensors"], folder.FileNames());
    }

    [Theory]
    [InlineData("F16", new byte[] { 0x00, 0x3c, 0x00, 0xc1, 0x01, 0x00 }, new[] { 1f, -2.5f, 5.9604645e-8f })]
    [InlineData("BF16", new byte[] { 0x80, 0x3f, 0x20, 0xc0, 0x80, 0x7f }, new[] { 1f, -2.5f, float.PositiveInfinity })]
    [InlineData("F64", new byte[] { 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0x04, 0xc0 }, new[] { 1f, -2.5f })]
    public void Reader_OtherFloatingPointTypes_AreConverted(string dataType, byte[] data, float[] expected)
    {
        WriteRaw($$$"""{"t":{"dtype":"{{{dataType}}}","shape":[{{{expected.Length}}}],"data_offsets":[0,{{{data.Length}}}]}}""", data);
        using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
        float[] values = new float[expected.Length];
        reader.Read("t", values);
        Assert.Equal(expected, values);
    }

    [Theory]
    [InlineData("", "not the JSON")]
    [InlineData("[]", "not the JSON")]
    [InlineData("{", "not the JSON")]
    [InlineData("{} {}", "not the JSON")]
    [InlineData("""{"__metadata__":{"a":1}}""", "not the JSON")]
    [InlineData("""{"__metadata__":{"a":"\ud800"}}""", "not the JSON")]
    [InlineData("""{"__metadata__":{"a":"","a":""}}""", "'a' twice")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""", "'__metadata__' twice")]
    [InlineData(
        """{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "'t' twice")]
    [InlineData(
        """{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlap")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "gap before the data of tensor 't'")]
    [InlineData("""{"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes after its last tensor")]
    [InlineData("""{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "cut off")]
    [InlineData("""{"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "shape [3] of F32")]
    [InlineData("""{"t":{"dtype":"F32","shape":[4294967296,4294967296,1],"data_offsets":[0,8]}}""", "does not fit")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "impossible data offsets")]
    [InlineData("""{"t":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}}""", "impossible data offsets")]
    [InlineData("""{"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "not a valid size")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "not a valid size")]
    [InlineData("""{"t":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}}""", "not the JSON")]
    [InlineData("""{"t":{"dtype":"Q3","shape":[2],"data_offsets":[0,8]}}""", "unknown element type 'Q3'")]
    [InlineData("""{"t":{"dtype":"F32","shape":[2]}}""", "lacks")]
    [InlineData("""{"t":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "repeated property 'dtype'")]
    public void Open_BrokenHeader_SaysWhatIsWrong(string header, string problem)
    {
        WriteRaw(header, new byte[8]);
        ModelFileException exception = Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(FilePath));
        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Contains(FilePath, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_TensorWithAHostileName_StaysOneShortLine()
    {
        WriteRaw("{\"\\u001b[2J\\n" + new string('x', 1000) + "\":{}}", []);
        string message = Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(FilePath)).Message;
        Assert.DoesNotContain(message, char.IsControl);
        Assert.InRange(message.Length, 100, 600);
    }

    [Theory]
    [InlineData(101L)]
    [InlineData(100_000_001L)]
    [InlineData(long.MaxValue)]
    [InlineData(-1L)]
    public void Open_AbsurdHeaderLength_SaysSo(long length)
    {
        byte[] file = new byte[108];
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        File.WriteAllBytes(FilePath, file);
        ModelFileException exception = Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(FilePath));
        Assert.Contains($"a header of {(ulong)length} bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoFileOrFolder_SaysSo()
    {
        Assert.Contains(
            "no such file", Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(FilePath)).Message, StringComparison.Ordinal);
        Assert.Contains(
            "is a folder", Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WrongNameSizeOrType_SaysWhatIsExpected()
    {
        WriteRaw("""{"t":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}""", new byte[8]);
        using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
        Assert.Contains("no tensor 'u'", Message(() => reader.Read("u", new float[1])), StringComparison.Ordinal);
        Assert.Contains("shape [1] where 2 values", Message(() => reader.Read("t", new float[2])), StringComparison.Ordinal);
        Assert.Contains("is I64", Message(() => reader.Read("t", new float[1])), StringComparison.Ordinal);
        Assert.Contains("F64 is expected", Message(() => reader.Read("t", new double[1])), StringComparison.Ordinal);

        static string Message(Action action) => Assert.Throws<ModelFileException>(action).Message;
    }

    private void WriteRaw(string header, byte[] data) => File.WriteAllBytes(FilePath, RawSafetensors.Of(header, data));
}
