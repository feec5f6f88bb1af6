using Google.Protobuf;

namespace Aphorist.Interop.Onnx;

/// <summary>One message of protocol buffers as a list of fields, which knows its length before anything of it is written.</summary>
/// <remarks>A repeated field is one that is added several times. Large values are made only while they are written, so a message is as small as its names.</remarks>
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

    /// <summary>Adds a message, which is not changed any more.</summary>
    public ProtobufMessage Add(int field, ProtobufMessage message) =>
        Add(field, WireFormat.WireType.LengthDelimited, LengthSize(message.Length) + message.Length, output =>
        {
            output.WriteLength((int)message.Length);
            message.WriteTo(output);
        });

    /// <summary>Adds bytes that do not exist yet.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="length">How many bytes.</param>
    /// <param name="fill">Makes them.</param>
    public ProtobufMessage Add(int field, long length, Action<Span<byte>> fill) =>
        Add(field, WireFormat.WireType.LengthDelimited, LengthSize(length) + length, output =>
        {
            byte[] bytes = new byte[length];
            fill(bytes);
            output.WriteBytes(UnsafeByteOperations.UnsafeWrap(bytes));
        });

    /// <summary>Writes all fields, in the order in which they were added.</summary>
    public void WriteTo(CodedOutputStream output)
    {
        foreach (Action<CodedOutputStream> write in fields) write(output);
    }

    // What is too long for protocol buffers still has a length, so that it can be refused as a whole.
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
