using Google.Protobuf;

namespace Aphorist.Interop.Onnx;

/// <summary>A protocol buffers message as a list of fields. Its length is known before it is written.</summary>
/// <remarks>
/// Add a repeated field several times. Large values are only created while they are written, so a message needs little memory.
/// </remarks>
internal sealed class ProtobufMessage
{
    private readonly List<Action<CodedOutputStream>> fields = [];

    /// <summary>The length of all fields, in bytes.</summary>
    public long Length { get; private set; }

    public ProtobufMessage Add(int field, long value) =>
        Add(field, WireFormat.WireType.Varint, CodedOutputStream.ComputeInt64Size(value), output => output.WriteInt64(value));

    public ProtobufMessage Add(int field, float value) =>
        Add(field, WireFormat.WireType.Fixed32, CodedOutputStream.ComputeFloatSize(value), output => output.WriteFloat(value));

    public ProtobufMessage Add(int field, string value) =>
        Add(field, WireFormat.WireType.LengthDelimited, CodedOutputStream.ComputeStringSize(value), output => output.WriteString(value));

    /// <summary>Adds a message, which must not change afterwards.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) =>
        Add(field, WireFormat.WireType.LengthDelimited, LengthSize(message.Length) + message.Length, output =>
        {
            output.WriteLength((int)message.Length);
            message.WriteTo(output);
        });

    /// <summary>Adds bytes that are created when the message is written.</summary>
    /// <param name="field">The field number.</param>
    /// <param name="length">The number of bytes.</param>
    /// <param name="fill">Writes the bytes.</param>
    public ProtobufMessage Add(int field, long length, Action<Span<byte>> fill) =>
        Add(field, WireFormat.WireType.LengthDelimited, LengthSize(length) + length, output =>
        {
            byte[] bytes = new byte[length];
            fill(bytes);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes));
        });

    /// <summary>Writes all fields in the order in which they were added.</summary>
    public void WriteTo(CodedOutputStream output)
    {
        foreach (Action<CodedOutputStream> write in fields) write(output);
    }

    // A 64-bit length, so that a message that is too long for protocol buffers can be measured and refused.
    private static int LengthSize(long length) => CodedOutputStream.ComputeInt64Size(length);

    private ProtobufMessage Add(int field, WireFormat.WireType type, long length, Action<CodedOutputStream> write)
    {
        Length += CodedOutputStream.ComputeTagSize(field) + length;
        fields.Add(output =>
        {
            output.WriteTag(field, type);
            write(output);
        });
        return this;
    }
}
