using System.Text.Json;
using Aphorist.Text;

namespace Aphorist.Storage;

/// <summary>Parses the JSON header of a safetensors file and checks that its tensors fill the data without gaps or overlaps.</summary>
internal sealed class SafetensorsHeader
{
    /// <summary>The maximum length of a header in bytes, as in the reference implementation of the format.</summary>
    public const int MaxLength = 100_000_000;

    // The format does not have these limits. They are far above the needs of any real file and bound the memory that a short header can
    // claim.
    private const int MaxNameLength = 4096;
    private const int MaxDimensions = 64;
    private const int MaxEntries = 100_000;

    private readonly Dictionary<string, string> metadata = [];
    private readonly List<SafetensorsTensor> tensors = [];
    private readonly Dictionary<string, SafetensorsTensor> byName = [];

    private SafetensorsHeader()
    {
    }

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => tensors;

    /// <summary>Returns the tensor of this name, or null.</summary>
    public SafetensorsTensor? Find(string name) => byName.GetValueOrDefault(name);

    /// <summary>Parses a header.</summary>
    /// <param name="json">The bytes of the header.</param>
    /// <param name="dataStart">The position of the data in the file, in bytes.</param>
    /// <param name="fileLength">The length of the file in bytes.</param>
    /// <exception cref="FormatException">The header is not valid. The message is a part of a sentence.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataStart, long fileLength)
    {
        SafetensorsHeader header = new();
        try
        {
            header.ReadEntries(json, dataStart);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Utf8JsonReader throws InvalidOperationException for invalid UTF-8 and for a value of an unexpected kind.
            throw new FormatException("its header is not the JSON of a safetensors file", exception);
        }

        header.CheckPlaces(dataStart, fileLength);
        return header;
    }

    private void ReadEntries(ReadOnlySpan<byte> bytes, long dataStart)
    {
        // JSON allows leading white space; the format does not.
        if (bytes is not [(byte)'{', ..]) throw new JsonException();
        Utf8JsonReader json = new(bytes);
        bool hasMetadata = false;
        Expect(ref json, JsonTokenType.StartObject);
        while (ReadName(ref json) is { } name)
        {
            bool isMetadata = name == "__metadata__";
            if (isMetadata ? hasMetadata : byName.ContainsKey(name)) throw new FormatException($"its header names '{name}' twice");
            hasMetadata |= isMetadata;
            if (isMetadata) ReadMetadata(ref json);
            else Add(ReadTensor(ref json, name, dataStart));
        }

        if (json.Read()) throw new JsonException();
    }

    private void Add(SafetensorsTensor tensor)
    {
        if (tensors.Count == MaxEntries) throw new FormatException($"it has more than {MaxEntries} tensors");
        tensors.Add(tensor);
        byName.Add(tensor.Name, tensor);
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject);
        while (ReadName(ref json) is { } key)
        {
            Expect(ref json, JsonTokenType.String);
            if (metadata.Count == MaxEntries) throw new FormatException($"its metadata have more than {MaxEntries} entries");
            if (!metadata.TryAdd(key, json.GetString()!)) throw new FormatException($"its metadata name '{key}' twice");
        }
    }

    private static SafetensorsTensor ReadTensor(ref Utf8JsonReader json, string name, long dataStart)
    {
        string? dataType = null;
        long[]? shape = null;
        long[]? offsets = null;
        Expect(ref json, JsonTokenType.StartObject);
        while (ReadName(ref json) is { } property)
        {
            if (property == "dtype" && dataType is null) dataType = ReadType(ref json, name);
            else if (property == "shape" && shape is null) shape = ReadNumbers(ref json, name);
            else if (property == "data_offsets" && offsets is null) offsets = ReadNumbers(ref json, name);
            else throw new FormatException($"the header of tensor '{name}' has an unexpected or repeated property '{property}'");
        }

        if (dataType is null || shape is null || offsets is not { Length: 2 })
            throw new FormatException($"the header of tensor '{name}' lacks its dtype, its shape or its two offsets");
        return Measure(name, dataType, shape, offsets, dataStart);
    }

    private static SafetensorsTensor Measure(string name, string dataType, long[] shape, long[] offsets, long dataStart)
    {
        (long begin, long end) = (offsets[0], offsets[1]);
        if (end < begin || end > long.MaxValue - dataStart)
            throw new FormatException($"tensor '{name}' has impossible data offsets ({begin} to {end})");
        if (!TryCount(shape, out long count) || (Int128)count * SafetensorsElement.BitsOf(dataType) != (Int128)(end - begin) * 8)
            throw new FormatException(
                $"tensor '{name}' has shape {SafetensorsTensor.FormatShape(shape)} of {dataType}, "
                + $"which does not fit its {end - begin} bytes");
        return new SafetensorsTensor(name, dataType, shape, count, dataStart + begin, end - begin);
    }

    private static bool TryCount(long[] shape, out long count)
    {
        count = 1;
        foreach (long dimension in shape)
        {
            Int128 product = (Int128)count * dimension;
            if (product > long.MaxValue) return false;
            count = (long)product;
        }

        return true;
    }

    private void CheckPlaces(long dataStart, long fileLength)
    {
        tensors.Sort((left, right) => (left.Position, left.ByteLength).CompareTo((right.Position, right.ByteLength)));
        long end = dataStart;
        foreach (SafetensorsTensor tensor in tensors)
        {
            if (tensor.Position < end) throw new FormatException($"the data of tensor '{tensor.Name}' overlap another tensor's");
            if (tensor.Position > end) throw new FormatException($"there is a gap before the data of tensor '{tensor.Name}'");
            end += tensor.ByteLength;
        }

        if (end > fileLength) throw new FormatException($"it has {fileLength} bytes of the {end} its header announces; it was cut off");
        if (end < fileLength) throw new FormatException($"it has {Plural.Of(fileLength - end, "byte")} after its last tensor");
    }

    private static string? ReadName(ref Utf8JsonReader json)
    {
        if (!json.Read()) throw new JsonException();
        return json.TokenType == JsonTokenType.EndObject ? null : ShortText(ref json);
    }

    private static string ReadType(ref Utf8JsonReader json, string tensor)
    {
        Expect(ref json, JsonTokenType.String);
        return SafetensorsElement.Named(in json)
            ?? throw new FormatException($"tensor '{tensor}' has the unknown element type '{ShortText(ref json)}'");
    }

    private static string ShortText(ref Utf8JsonReader json) => json.ValueSpan.Length <= MaxNameLength
        ? json.GetString()!
        : throw new FormatException($"its header has a name of {json.ValueSpan.Length} bytes where {MaxNameLength} is the maximum");

    private static long[] ReadNumbers(ref Utf8JsonReader json, string tensor)
    {
        Span<long> numbers = stackalloc long[MaxDimensions];
        int count = 0;
        Expect(ref json, JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (!json.TryGetInt64(out long number) || number < 0)
                throw new FormatException($"the header of tensor '{tensor}' has a number that is not a valid size");
            if (count == MaxDimensions)
                throw new FormatException($"the header of tensor '{tensor}' has a list of more than {MaxDimensions} sizes");
            numbers[count++] = number;
        }

        return numbers[..count].ToArray();
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type) throw new JsonException();
    }
}
