namespace Aphorist.Interop.Onnx;

/// <summary>A named constant of a node.</summary>
/// <param name="Message">It as ONNX writes it.</param>
internal sealed record OnnxAttribute(ProtobufMessage Message)
{
    // The field numbers of AttributeProto, and its numbers for the types of values.
    private const int Name = 1, FloatValue = 2, IntegerValue = 3, FloatValues = 7, IntegerValues = 8, StringValues = 9, Type = 20;
    private const int IsFloat = 1, IsInteger = 2, AreFloats = 6, AreIntegers = 7, AreStrings = 8;

    public static OnnxAttribute Float(string name, float value) => new(Begin(name, IsFloat).Add(FloatValue, value));

    public static OnnxAttribute Floats(string name, params ReadOnlySpan<float> values)
    {
        ProtobufMessage message = Begin(name, AreFloats);
        foreach (float value in values) message.Add(FloatValues, value);
        return new(message);
    }

    public static OnnxAttribute Integer(string name, long value) => new(Begin(name, IsInteger).Add(IntegerValue, value));

    public static OnnxAttribute Integers(string name, params ReadOnlySpan<long> values)
    {
        ProtobufMessage message = Begin(name, AreIntegers);
        foreach (long value in values) message.Add(IntegerValues, value);
        return new(message);
    }

    public static OnnxAttribute Strings(string name, params ReadOnlySpan<string> values)
    {
        ProtobufMessage message = Begin(name, AreStrings);
        foreach (string value in values) message.Add(StringValues, value);
        return new(message);
    }

    private static ProtobufMessage Begin(string name, int type) => new ProtobufMessage().Add(Name, name).Add(Type, type);
}
