using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Aphorist.Interop.Tests.PyTorch;

/// <summary>Writes state dicts as <c>safetensors.torch.save_file</c> does. The parts can be changed before they are put together.</summary>
internal sealed class StateDictFile
{
    private const int HeaderAlignment = 8;

    /// <summary>The tensors, by the names that the module gives them, in the order in which they are written.</summary>
    public OrderedDictionary<string, StateDictTensor> Tensors { get; init; } = [];

    /// <summary>F32, F64, F16 or BF16.</summary>
    public string DataType { get; init; } = "F32";

    /// <summary>The file's metadata; none by default, as save_file has it.</summary>
    public Dictionary<string, string> Metadata { get; } = [];

    /// <summary>The order of the header's entries; that of the data by default.</summary>
    public Func<IEnumerable<string>, IEnumerable<string>> HeaderOrder { get; init; } = names => names;

    /// <summary>The same tensors in another order.</summary>
    public StateDictFile Shuffled(int seed)
    {
        KeyValuePair<string, StateDictTensor>[] tensors = [.. Tensors];
        new Random(seed).Shuffle(tensors);
        return new() { Tensors = new(tensors), DataType = DataType, HeaderOrder = names => names.Reverse() };
    }

    /// <summary>The same tensors under other names.</summary>
    public StateDictFile Renamed(Func<string, string> rename) =>
        new() { Tensors = new(Tensors.Select(tensor => KeyValuePair.Create(rename(tensor.Key), tensor.Value))), DataType = DataType };

    /// <summary>The whole file.</summary>
    public byte[] ToBytes()
    {
        JsonObject entries = [];
        List<byte> data = [];
        foreach ((string name, StateDictTensor tensor) in Tensors)
        {
            int begin = data.Count;
            foreach (float value in tensor.Values) data.AddRange(Encode(value));
            entries[name] = new JsonObject
            {
                ["dtype"] = DataType,
                ["shape"] = new JsonArray([.. tensor.Shape]),
                ["data_offsets"] = new JsonArray(begin, data.Count)
            };
        }

        JsonObject header = [];
        if (Metadata.Count > 0)
        {
            header["__metadata__"] = new JsonObject(
                Metadata.Select(entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, entry.Value)));
        }

        foreach (string name in HeaderOrder(Tensors.Keys)) header[name] = entries[name]!.DeepClone();
        byte[] json = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] padding = Encoding.ASCII.GetBytes(new string(' ', (HeaderAlignment - json.Length % HeaderAlignment) % HeaderAlignment));
        byte[] length = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.Length + padding.Length);
        return [.. length, .. json, .. padding, .. data];
    }

    private byte[] Encode(float value)
    {
        byte[] bytes = new byte[sizeof(double)];
        switch (DataType)
        {
            case "F32": BinaryPrimitives.WriteSingleLittleEndian(bytes, value); return bytes[..4];
            case "F64": BinaryPrimitives.WriteDoubleLittleEndian(bytes, value); return bytes;
            case "F16": BinaryPrimitives.WriteHalfLittleEndian(bytes, (Half)value); return bytes[..2];
            case "BF16": BinaryPrimitives.WriteSingleLittleEndian(bytes, value); return bytes[2..4];
            default: throw new InvalidOperationException($"No values of {DataType} can be written.");
        }
    }
}
