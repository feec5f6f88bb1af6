using System.Text.Json;

namespace Aphorist.Storage;

/// <summary>Parses the JSON header of a safetensors file and checks that its tensors fill the data without gaps or overlaps.</summary>
internal sealed class SafetensorsHeader
{
    private readonly Dictionary<string, string> metadata = [];
    private readonly List<SafetensorsTensor> tensors = [];

    private SafetensorsHeader()
    {
    }

    public IReadOnlyDictionary<string, string> Metadata => metadata;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => tensors;

    /// <summary>Parses a header.</summary>
    /// <param name="json">The header's bytes.</param>
    /// <param name="dataStart">Where the data start in the file.</param>
    /// <param name="fileLength">Where the file ends, in bytes.</param>
    /// <exception cref="FormatException">The header is not valid; the message says why, as part of a sentence.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataStart, long fileLength)
    {
        SafetensorsHeader header = new();
        try
        {
            header.ReadEntries(json, dataStart);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The reader throws InvalidOperationException for text that is not UTF-8 and for a value of another kind than the one asked for.
            throw new FormatException("its header is not the JSON of a safetensors file", exception);
        }

        header.CheckPlaces(dataStart, fileLength);
        return header;
    }

    private void ReadEntries(ReadOnlySpan<byte> bytes, long dataStart)
    {
        Utf8JsonReader json = new(bytes);
        HashSet<string> names = [];
        Expect(ref json, JsonTokenType.StartObject);
        while (ReadName(ref json) is { } name)
        {
            if (!names.Add(name)) throw new FormatException($"its header names '{name}' twice");
            if (name == "__metadata__") ReadMetadata(ref json);
            else tensors.Add(ReadTensor(ref json, name, dataStart));
        }

        if (json.Read()) throw new JsonException();
    }

    private void ReadMetadata(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.StartObject);
        while (ReadName(ref json) is { } key)
        {
            Expect(ref json, JsonTokenType.String);
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
            if (property == "dtype" && dataType is null) dataType = ReadString(ref json);
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
        int elementSize = SafetensorsTensor.ElementSize(dataType);
        if (elementSize == 0) throw new FormatException($"tensor '{name}' has the unknown element type '{dataType}'");
        (long begin, long end) = (offsets[0], offsets[1]);
        string shapeText = SafetensorsTensor.FormatShape(shape);
        if (end < begin || end > long.MaxValue - dataStart)
            throw new FormatException($"tensor '{name}' has impossible data offsets ({begin} to {end})");
        if (!TryCount(shape, elementSize, out long count) || count * elementSize != end - begin)
            throw new FormatException($"tensor '{name}' has shape {shapeText} of {dataType}, which does not fit its {end - begin} bytes");
        return new SafetensorsTensor(name, dataType, shape, count, dataStart + begin, end - begin);
    }

    private static bool TryCount(long[] shape, int elementSize, out long count)
    {
        count = 1;
        foreach (long dimension in shape)
        {
            if (dimension != 0 && count > long.MaxValue / elementSize / dimension) return false;
            count *= dimension;
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
        if (end < fileLength) throw new FormatException($"it has {fileLength - end} bytes after its last tensor");
    }

    private static string? ReadName(ref Utf8JsonReader json)
    {
        if (!json.Read()) throw new JsonException();
        return json.TokenType == JsonTokenType.EndObject ? null : json.GetString();
    }

    private static string ReadString(ref Utf8JsonReader json)
    {
        Expect(ref json, JsonTokenType.String);
        return json.GetString()!;
    }

    private static long[] ReadNumbers(ref Utf8JsonReader json, string tensor)
    {
        List<long> numbers = [];
        Expect(ref json, JsonTokenType.StartArray);
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (!json.TryGetInt64(out long number) || number < 0)
                throw new FormatException($"the header of tensor '{tensor}' has a number that is no size");
            numbers.Add(number);
        }

        return [.. numbers];
    }

    private static void Expect(ref Utf8JsonReader json, JsonTokenType type)
    {
        if (!json.Read() || json.TokenType != type) throw new JsonException();
    }
}
