using System.Text;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>A message of protocol buffers as it was read: a small reader that shares nothing with the writer.</summary>
internal sealed class OnnxMessage
{
    private readonly List<(int Field, long Number, byte[] Bytes)> fields = [];

    public OnnxMessage(byte[] bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            ulong tag = Varint(bytes, ref at);
            int field = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0: fields.Add((field, (long)Varint(bytes, ref at), [])); break;
                case 2: fields.Add((field, 0, Take(bytes, (int)Varint(bytes, ref at), ref at))); break;
                case 5: fields.Add((field, 0, Take(bytes, sizeof(float), ref at))); break;
                default: throw new InvalidDataException($"Field {field} has a type that ONNX does not use.");
            }
        }
    }

    public bool Has(int field) => fields.Any(it => it.Field == field);

    public IEnumerable<long> Numbers(int field) => fields.Where(it => it.Field == field).Select(it => it.Number);

    public long Number(int field) => Numbers(field).SingleOrDefault();

    public IEnumerable<byte[]> AllBytes(int field) => fields.Where(it => it.Field == field).Select(it => it.Bytes);

    public IEnumerable<string> Texts(int field) => AllBytes(field).Select(Encoding.UTF8.GetString);

    public string Text(int field) => Texts(field).SingleOrDefault() ?? "";

    public IEnumerable<OnnxMessage> Messages(int field) => AllBytes(field).Select(bytes => new OnnxMessage(bytes));

    private static byte[] Take(byte[] bytes, int count, ref int at)
    {
        at += count;
        return bytes[(at - count)..at];
    }

    private static ulong Varint(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            value |= (ulong)(bytes[at] & 0x7F) << shift;
            if (bytes[at++] < 0x80) return value;
        }
    }
}
