using System.Buffers.Binary;
using System.Text;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Storage;

/// <summary>
/// Checks each published rule of the safetensors format when writing and reading. The rules are those of the format's README and of the
/// checks of its own implementation, as of 0.8.0-dev, reworded:
/// <list type="number">
/// <item>The first 8 bytes are the length of the header: an unsigned number, the lowest byte first.</item>
/// <item>The header is at most 100,000,000 bytes long, and no longer than the file.</item>
/// <item>The header begins with a brace; only spaces may be added, at its end.</item>
/// <item>The header is an object of JSON in UTF-8.</item>
/// <item>No name occurs twice.</item>
/// <item>Each entry but one is a tensor: an object of dtype, shape and data_offsets.</item>
/// <item>That one is __metadata__, which holds strings by strings and nothing else. It may be missing.</item>
/// <item>A dtype is one of those of the format; each has its size, and a tensor of elements smaller than a byte fills whole bytes.</item>
/// <item>A shape is a list of sizes of at least 0. An empty list means a single value. A size of 0 means no values and no bytes.</item>
/// <item>data_offsets are the start and the exclusive end of the tensor's bytes, counted from the first byte after the header.</item>
/// <item>They end no earlier than they begin, and lie as far apart as shape and dtype say, which no number may be too large for.</item>
/// <item>All tensors together are the rest of the file: no byte belongs to two of them, or to none.</item>
/// <item>In which order the header names the tensors is free.</item>
/// <item>Values have their lowest byte first and lie row by row: the last index runs fastest.</item>
/// <item>Values may be any, also infinite and no numbers.</item>
/// </list>
/// </summary>
public sealed class SafetensorsRulesTests : IDisposable
{
    private const string One = """{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";

    private static readonly byte[] OneValue = [0, 0, 0x80, 0x3f];

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["x.safetensors"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Rule1_LengthOfTheHeader_IsUnsignedWithTheLowestByteFirst()
    {
        RawSafetensors written = Written();
        Assert.Equal(written.HeaderLength + 8 + written.Data.Length, new FileInfo(FilePath).Length);

        AssertReads(RawSafetensors.Of(One, OneValue));
        byte[] negative = RawSafetensors.Of(One, OneValue);
        negative[7] = 0x80;
        AssertRefuses(negative, "announces a header of 9223372036854775862 bytes");
        AssertRefuses([1, 0, 0, 0], "has only 4 bytes");
    }

    [Fact]
    public void Rule2_HeaderOf100MillionBytes_IsTheLongest()
    {
        byte[] header = new byte[100_000_001];
        header.AsSpan().Fill((byte)' ');
        Encoding.ASCII.GetBytes(One).CopyTo(header, 0);

        AssertReads(RawSafetensors.Of(header[..^1], OneValue));
        AssertRefuses(RawSafetensors.Of(header, OneValue), "announces a header of 100000001 bytes");
        AssertRefuses(RawSafetensors.Of(One)[..^1], "was cut off");
        using SafetensorsWriter writer = new(FilePath);
        writer.SetMetadata("a", new string('x', 100_000_000));
        Assert.Contains("100000000 bytes", Assert.Throws<InvalidOperationException>(writer.Commit).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "   ", true)]
    [InlineData(" ", "", false)]
    [InlineData("\n", "", false)]
    [InlineData("\uFEFF", "", false)]
    [InlineData("", "\0", false)]
    [InlineData("", "x", false)]
    public void Rule3_HeaderBeginsWithABraceAndEndsInSpaces(string before, string after, bool isRead) =>
        AssertReads(RawSafetensors.Of(before + One + after, OneValue), isRead);

    [Fact]
    public void Rule3_WrittenHeader_BeginsWithABraceAndEndsInSpaces()
    {
        RawSafetensors written = Written();
        Assert.Equal((byte)'{', written.HeaderBytes[0]);
        Assert.All(
            written.HeaderBytes[(Array.LastIndexOf(written.HeaderBytes, (byte)'}') + 1)..], padding => Assert.Equal((byte)' ', padding));
        // Stricter than the rule: the data are aligned, so that values can be used in place.
        Assert.Equal(0, (8 + written.HeaderLength) % 64);
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", true)]
    [InlineData("[]", false)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},}""", false)]
    [InlineData("""{/* */"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", false)]
    [InlineData("""{'a':{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", false)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}} {}""", false)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}""", false)]
    public void Rule4_HeaderIsAnObjectOfJson(string header, bool isRead) => AssertReads(RawSafetensors.Of(header), isRead);

    [Fact]
    public void Rule4_HeaderIsUtf8()
    {
        byte[] header = Encoding.UTF8.GetBytes(One.Replace("\"a\"", "\"\u00e9\"", StringComparison.Ordinal));
        AssertReads(RawSafetensors.Of(header, OneValue));
        header[Array.IndexOf(header, (byte)0xc3)] = 0xff;
        AssertReads(RawSafetensors.Of(header, OneValue), isRead: false);

        RawSafetensors written = Written();
        Assert.Equal("\u00e9\u4e2d\U0001F600\"\\\n", written.Header["__metadata__"]!["key\u00e9"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","dtype":"F32","shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"shape":[0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"data_offsets":[0,0]}}""")]
    [InlineData("""{"__metadata__":{},"__metadata__":{}}""")]
    [InlineData("""{"__metadata__":{"a":"1","a":"2"}}""")]
    public void Rule5_NameTwice_IsRefused(string header) => AssertReads(RawSafetensors.Of(header), isRead: false);

    [Fact]
    public void Rule5_WrittenName_IsThereOnce()
    {
        using SafetensorsWriter writer = new(FilePath);
        writer.Declare("a", 1);
        Assert.Throws<ArgumentException>(() => writer.DeclareDouble("a", 1));
        Assert.Throws<ArgumentException>(() => writer.Declare("__metadata__", 1));
    }

    [Theory]
    [InlineData("""{"a":{"data_offsets":[0,0],"shape":[0],"dtype":"F32"}}""", true)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0]}}""", false)]
    [InlineData("""{"a":{"dtype":"F32","data_offsets":[0,0]}}""", false)]
    [InlineData("""{"a":{"shape":[0],"data_offsets":[0,0]}}""", false)]
    [InlineData("""{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0],"device":"cpu"}}""", false)]
    [InlineData("""{"a":[]}""", false)]
    [InlineData("""{"a":null}""", false)]
    public void Rule6_TensorHasDtypeShapeAndOffsets(string header, bool isRead) => AssertReads(RawSafetensors.Of(header), isRead);

    [Fact]
    public void Rule6_WrittenTensor_HasNothingElse() =>
        Assert.All(
            Written().Header.Where(entry => entry.Key != "__metadata__"),
            entry => Assert.Equal(["dtype", "shape", "data_offsets"], entry.Value!.AsObject().Select(member => member.Key)));

    [Theory]
    [InlineData("""{"__metadata__":{}}""", true)]
    [InlineData("""{"__metadata__":{"a":"","":"b"}}""", true)]
    [InlineData("""{"__metadata__":{"a":1}}""", false)]
    [InlineData("""{"__metadata__":{"a":null}}""", false)]
    [InlineData("""{"__metadata__":{"a":{}}}""", false)]
    [InlineData("""{"__metadata__":"a"}""", false)]
    [InlineData("""{"__metadata__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}""", false)]
    public void Rule7_MetadataAreStringsByStrings(string header, bool isRead) => AssertReads(RawSafetensors.Of(header), isRead);

    [Fact]
    public void Rule7_WrittenMetadata_AreStrings() =>
        Assert.All(
            Written().Header["__metadata__"]!.AsObject(),
            entry => Assert.Equal(System.Text.Json.JsonValueKind.String, entry.Value!.GetValueKind()));

    [Theory]
    [InlineData("F64", 8, 64)]
    [InlineData("F32", 8, 32)]
    [InlineData("F16", 8, 16)]
    [InlineData("BF16", 8, 16)]
    [InlineData("I64", 8, 64)]
    [InlineData("I32", 8, 32)]
    [InlineData("I16", 8, 16)]
    [InlineData("I8", 8, 8)]
    [InlineData("U64", 8, 64)]
    [InlineData("U32", 8, 32)]
    [InlineData("U16", 8, 16)]
    [InlineData("U8", 8, 8)]
    [InlineData("BOOL", 8, 8)]
    [InlineData("C64", 8, 64)]
    [InlineData("F8_E4M3", 8, 8)]
    [InlineData("F8_E5M2", 8, 8)]
    [InlineData("F8_E8M0", 8, 8)]
    [InlineData("F8_E4M3FNUZ", 8, 8)]
    [InlineData("F8_E5M2FNUZ", 8, 8)]
    [InlineData("F6_E2M3", 4, 6)]
    [InlineData("F6_E3M2", 4, 6)]
    [InlineData("F4", 2, 4)]
    public void Rule8_EveryDtype_HasItsSize(string type, int count, int bits)
    {
        int bytes = count * bits / 8;
        AssertReads(RawSafetensors.Of(Tensor(type, [count], bytes), new byte[bytes]));
        AssertRefuses(RawSafetensors.Of(Tensor(type, [count], bytes + 1), new byte[bytes + 1]), "does not fit");
    }

    [Theory]
    [InlineData("F4", 3, 2)]
    [InlineData("F4", 3, 1)]
    [InlineData("F6_E2M3", 3, 2)]
    [InlineData("F6_E2M3", 3, 3)]
    public void Rule8_ElementsThatFillNoWholeBytes_AreRefused(string type, int count, int bytes) =>
        AssertRefuses(RawSafetensors.Of(Tensor(type, [count], bytes), new byte[bytes]), "does not fit");

    [Theory]
    [InlineData("f32")]
    [InlineData("F128")]
    [InlineData("float32")]
    [InlineData("")]
    public void Rule8_OtherDtype_IsRefused(string type) =>
        AssertRefuses(RawSafetensors.Of(Tensor(type, [1], 4), OneValue), $"unknown element type '{type}'");

    [Theory]
    [InlineData("[]", 4, true)]
    [InlineData("[0]", 0, true)]
    [InlineData("[3,0,2]", 0, true)]
    [InlineData("[1,1,1,1]", 4, true)]
    [InlineData("[0]", 4, false)]
    [InlineData("[]", 0, false)]
    [InlineData("[-1]", 4, false)]
    [InlineData("[1.0]", 4, false)]
    [InlineData("[\"1\"]", 4, false)]
    [InlineData("[null]", 4, false)]
    [InlineData("1", 4, false)]
    public void Rule9_ShapeIsAListOfSizes(string shape, int bytes, bool isRead) =>
        AssertReads(
            RawSafetensors.Of($"{{\"a\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[0,{bytes}]}}}}", new byte[bytes]), isRead);

    [Fact]
    public void Rule9_WrittenScalarAndEmptyTensor_HaveTheirBytes()
    {
        RawSafetensors written = Written();
        Assert.Equal(4, written.Tensors.Where(tensor => tensor.Shape.Length == 0).Sum(tensor => tensor.End - tensor.Begin));
        Assert.Equal(0, written.Tensors.Where(tensor => tensor.Shape.Contains(0)).Sum(tensor => tensor.End - tensor.Begin));
    }

    [Fact]
    public void Rule10_Offsets_CountFromTheFirstByteAfterTheHeader()
    {
        AssertReads(RawSafetensors.Of(One, OneValue), read: reader =>
        {
            float[] value = new float[1];
            reader.Read("a", value);
            Assert.Equal([1f], value);
            Assert.Equal(8 + One.Length, reader.Tensors[0].Position);
        });
        AssertReads(RawSafetensors.Of(One.Replace("[0,4]", "[0]", StringComparison.Ordinal), OneValue), isRead: false);
        AssertReads(RawSafetensors.Of(One.Replace("[0,4]", "[0,4,4]", StringComparison.Ordinal), OneValue), isRead: false);

        (_, _, _, long begin, _) = Written().Tensors.First();
        Assert.Equal(0, begin);
    }

    [Theory]
    [InlineData("F32", new long[] { 1 }, 4, 0)]
    [InlineData("F32", new long[] { 2 }, 0, 4)]
    [InlineData("F32", new long[] { 1 }, 0, 8)]
    [InlineData("F32", new[] { long.MaxValue }, 0, 4)]
    [InlineData("F32", new[] { 1L << 62, 4L }, 0, 0)]
    [InlineData("F32", new[] { 1L << 32, 1L << 32 }, 0, 0)]
    [InlineData("F64", new[] { 1L << 61 }, 0, 0)]
    [InlineData("U8", new[] { long.MaxValue }, 0, long.MaxValue)]
    public void Rule11_OffsetsThatDoNotFitShapeAndDtype_AreRefused(string type, long[] shape, long begin, long end) =>
        AssertReads(
            RawSafetensors.Of(
                $"{{\"a\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{begin},{end}]}}}}", OneValue),
            isRead: false);

    [Fact]
    public void Rule11_WrittenOffsets_FitShapeAndDtype() =>
        Assert.All(
            Written().Tensors,
            tensor => Assert.Equal(
                tensor.Shape.Aggregate(1L, (product, size) => product * size) * (tensor.Type == "F64" ? 8 : 4), tensor.End - tensor.Begin));

    [Theory]
    [InlineData(0, 4, 4, 8, 8, true)]
    [InlineData(4, 8, 0, 4, 8, true)]
    [InlineData(0, 4, 4, 8, 9, false)]
    [InlineData(0, 4, 4, 8, 7, false)]
    [InlineData(0, 4, 5, 9, 9, false)]
    [InlineData(1, 5, 5, 9, 9, false)]
    [InlineData(0, 4, 3, 7, 7, false)]
    [InlineData(0, 4, 0, 4, 4, false)]
    [InlineData(0, 4, 0, 4, 8, false)]
    public void Rule12_TensorsAreTheRestOfTheFile(int begin, int end, int nextBegin, int nextEnd, int bytes, bool isRead)
    {
        string header = $"{{{Tensor("a", begin, end)},{Tensor("b", nextBegin, nextEnd)}}}";
        AssertReads(RawSafetensors.Of(header, new byte[bytes]), isRead);

        static string Tensor(string name, int begin, int end) =>
            $"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{begin},{end}]}}";
    }

    [Fact]
    public void Rule12_WrittenTensors_AreTheRestOfTheFile()
    {
        RawSafetensors written = Written();
        long end = 0;
        foreach ((_, _, _, long tensorBegin, long tensorEnd) in written.Tensors)
        {
            Assert.Equal(end, tensorBegin);
            end = tensorEnd;
        }

        Assert.Equal(written.Data.Length, end);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Rule13_ModelFileOfAnotherWriter_LoadsWhateverItsOrder(int seed)
    {
        // As Python rewrites a file: other order, other metadata around ours, padded to 8 bytes.
        LanguageModel model = SampleModel.Make(new ModelSpec { HiddenSize = 5, Layers = 2, EmbeddingSize = 3 });
        model.Save(FilePath);
        RawSafetensors file = new(File.ReadAllBytes(FilePath));
        string[] names = [.. file.Tensors.Select(tensor => tensor.Name)];
        Random random = new(seed);
        random.Shuffle(names);
        StringBuilder header = new();
        List<byte> data = [];
        foreach (string name in names)
        {
            (_, string type, long[] shape, long begin, long end) = file.Tensors.First(tensor => tensor.Name == name);
            string offsets = $"{data.Count},{data.Count + end - begin}";
            header.Insert(
                0, $",\"{name}\":{{\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{offsets}],\"dtype\":\"{type}\"}}");
            data.AddRange(file.Data[(int)begin..(int)end]);
        }

        file.Header["__metadata__"]!["author"] = "somebody else";
        string json = $"{{\"__metadata__\":{file.Header["__metadata__"]!.ToJsonString()}{header}}}";
        File.WriteAllBytes(FilePath, RawSafetensors.Of(json + new string(' ', 7 - (Encoding.UTF8.GetByteCount(json) + 7) % 8), [.. data]));

        Assert.Equal(SampleModel.Bits(model), SampleModel.Bits(LanguageModel.Load(FilePath)));
    }

    [Fact]
    public void Rule14_ValuesLieRowByRowLowestByteFirst()
    {
        RawSafetensors written = Written();
        (_, _, _, long begin, long end) = written.Tensors.First(tensor => tensor.Name == "matrix");
        byte[] bytes = written.Data[(int)begin..(int)end];
        Assert.Equal(
            [1f, 2f, 3f, 4f, 5f, 6f],
            Enumerable.Range(0, 6).Select(place => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(4 * place))));

        AssertReads(File.ReadAllBytes(FilePath), read: reader =>
        {
            float[] row = new float[3];
            reader.Read(reader.Find("matrix")!, 3, row);
            Assert.Equal([4f, 5f, 6f], row);
        });
    }

    [Fact]
    public void Rule15_ValuesThatAreNoNumbers_AreReadAsTheyAre()
    {
        const int noNumber = 0x7fc00123;
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, noNumber);
        AssertReads(RawSafetensors.Of(One, bytes), read: reader =>
        {
            float[] value = new float[1];
            reader.Read("a", value);
            Assert.Equal(noNumber, BitConverter.SingleToInt32Bits(value[0]));
        });
    }

    [Fact]
    public void Save_LoadedModelOfAnyKind_GivesTheSameBytes()
    {
        foreach (ModelSpec kind in LayerKinds.All)
        {
            LanguageModel model = SampleModel.Make(kind with { HiddenSize = 5, Layers = 2, EmbeddingSize = 3 });
            model.Training = SampleModel.Training;
            model.Origin = new() { Program = "PyTorch", File = "weights.safetensors" };
            model.Save(FilePath);
            byte[] first = File.ReadAllBytes(FilePath);
            LanguageModel.Load(FilePath).Save(FilePath);
            Assert.Equal(first, File.ReadAllBytes(FilePath));
        }
    }

    /// <summary>A file with all that the writer can write.</summary>
    private RawSafetensors Written()
    {
        using (SafetensorsWriter writer = new(FilePath))
        {
            writer.SetMetadata("key\u00e9", "\u00e9\u4e2d\U0001F600\"\\\n");
            writer.SetMetadata("other", "");
            writer.Declare("matrix", 2, 3);
            writer.DeclareDouble("doubles", 3);
            writer.Declare("scalar");
            writer.Declare("nothing", 4, 0);
            writer.Write("matrix", [1f, 2f, 3f, 4f, 5f, 6f]);
            writer.Write("doubles", [1d, 2d, 3d]);
            writer.Write("scalar", [1f]);
            writer.Commit();
        }

        return new(File.ReadAllBytes(FilePath));
    }

    private static string Tensor(string type, long[] shape, long bytes) =>
        $"{{\"a\":{{\"dtype\":\"{type}\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[0,{bytes}]}}}}";

    private void AssertReads(byte[] file, bool isRead = true, Action<SafetensorsReader>? read = null)
    {
        File.WriteAllBytes(FilePath, file);
        if (!isRead)
        {
            Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(FilePath));
            return;
        }

        using SafetensorsReader reader = SafetensorsReader.Open(FilePath);
        read?.Invoke(reader);
    }

    private void AssertRefuses(byte[] file, string problem)
    {
        File.WriteAllBytes(FilePath, file);
        Assert.Contains(
            problem, Assert.Throws<ModelFileException>(() => SafetensorsReader.Open(FilePath)).Message, StringComparison.Ordinal);
    }
}
