using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Aphorist.Tests.Storage;

/// <summary>Splits and composes safetensors files byte by byte, independently of the reader and the writer.</summary>
internal sealed class RawSafetensors
{
    private const int LengthSize = 8;

    public RawSafetensors(byte[] file)
    {
        HeaderLength = (long)BinaryPrimitives.ReadUInt64LittleEndian(file);
        HeaderBytes = file[LengthSize..(LengthSize + (int)HeaderLength)];
        Data = file[(LengthSize + (int)HeaderLength)..];
        // As strict as the format: no duplicate names, no comments, no trailing commas.
        Header = JsonNode.Parse(HeaderBytes, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!.AsObject();
    }

    public long HeaderLength { get; }

    public byte[] HeaderBytes { get; }

    public JsonObject Header { get; }

    public byte[] Data { get; }

    /// <summary>The entries of the tensors, in the order of the header.</summary>
    public IEnumerable<(string Name, string Type, long[] Shape, long Begin, long End)> Tensors =>
        Header.Where(entry => entry.Key != "__metadata__").Select(entry =>
    {
        long[] offsets = Numbers(entry.Value!["data_offsets"]!);
        return (entry.Key, entry.Value["dtype"]!.GetValue<string>(), Numbers(entry.Value["shape"]!), offsets[0], offsets[1]);
    });

    /// <summary>A file of this header, whose length is told truly, and these data.</summary>
    public static byte[] Of(string header, params byte[] data) => Of(Encoding.UTF8.GetBytes(header), data);

    /// <inheritdoc cref="Of(string, byte[])"/>
    public static byte[] Of(byte[] header, params byte[] data)
    {
        byte[] length = new byte[LengthSize];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        return [.. length, .. header, .. data];
    }

    private static long[] Numbers(JsonNode array) => [.. array.AsArray().Select(number => number!.GetValue<long>())];
}
