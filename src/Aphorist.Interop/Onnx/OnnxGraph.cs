using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Aphorist.Interop.Onnx;

/// <summary>Builds an ONNX graph: inputs, constants, nodes in execution order, outputs. Names identify the values.</summary>
/// <param name="name">The graph's name.</param>
/// <param name="description">A description for people.</param>
internal sealed class OnnxGraph(string name, string description)
{
    private readonly List<ProtobufMessage> nodes = [], initializers = [], inputs = [], outputs = [];
    private readonly HashSet<string> constants = [];

    /// <summary>Declares a graph input and returns its name.</summary>
    public string Input(string value, OnnxElement element, params ReadOnlySpan<OnnxDimension> shape)
    {
        inputs.Add(Describe(value, element, shape));
        return value;
    }

    /// <summary>Declares a graph output.</summary>
    public void Output(string value, OnnxElement element, params ReadOnlySpan<OnnxDimension> shape) =>
        outputs.Add(Describe(value, element, shape));

    /// <summary>Adds a constant tensor of floats and returns its name.</summary>
    /// <param name="value">The name.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="fill">Writes the values in row-major order. Called when the model is written.</param>
    public string Floats(string value, int[] shape, Action<Span<float>> fill) =>
        Constant(value, OnnxElement.Float, shape, sizeof(float), bytes =>
    {
        fill(MemoryMarshal.Cast<byte, float>(bytes));
        Span<int> words = MemoryMarshal.Cast<byte, int>(bytes);
        if (!BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(words, words);
    });

    /// <summary>Adds a constant list of integers and returns its name.</summary>
    public string Integers(string value, params long[] values) => Integers(value, [values.Length], values);

    /// <summary>Adds a constant integer scalar and returns its name.</summary>
    public string Scalar(string value, long number) => Integers(value, [], [number]);

    /// <summary>Adds a node with one output and returns the name of the output, which is also that of the node.</summary>
    public string Node(string operation, string[] from, string to, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        Node(operation, from, [to], attributes);
        return to;
    }

    /// <summary>Adds a node with the name of its first output.</summary>
    /// <param name="operation">The name of the operation.</param>
    /// <param name="from">The inputs. An empty name omits an optional input.</param>
    /// <param name="to">The outputs.</param>
    /// <param name="attributes">The attributes.</param>
    public void Node(string operation, string[] from, string[] to, params ReadOnlySpan<OnnxAttribute> attributes)
    {
        const int Input = 1, Output = 2, Name = 3, OperationType = 4, Attribute = 5;
        ProtobufMessage node = new();
        foreach (string value in from) node.Add(Input, value);
        foreach (string value in to) node.Add(Output, value);
        node.Add(Name, to[0]).Add(OperationType, operation);
        foreach (OnnxAttribute attribute in attributes) node.Add(Attribute, attribute.Message);
        nodes.Add(node);
    }

    /// <summary>Returns the graph as a GraphProto.</summary>
    public ProtobufMessage ToMessage()
    {
        const int Node = 1, Name = 2, Initializer = 5, Description = 10, Input = 11, Output = 12;
        ProtobufMessage graph = new();
        foreach (ProtobufMessage node in nodes) graph.Add(Node, node);
        graph.Add(Name, name);
        foreach (ProtobufMessage initializer in initializers) graph.Add(Initializer, initializer);
        graph.Add(Description, description);
        foreach (ProtobufMessage input in inputs) graph.Add(Input, input);
        foreach (ProtobufMessage output in outputs) graph.Add(Output, output);
        return graph;
    }

    private string Integers(string value, int[] shape, long[] values) => Constant(value, OnnxElement.Integer, shape, sizeof(long), bytes =>
    {
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes[(i * sizeof(long))..], values[i]);
    });

    /// <summary>Adds a constant tensor, unless there is already one with this name.</summary>
    private string Constant(string value, OnnxElement element, int[] shape, int elementSize, Action<Span<byte>> fill)
    {
        const int Dimension = 1, DataType = 2, Name = 8, RawData = 9;
        if (!constants.Add(value)) return value;
        ProtobufMessage tensor = new();
        foreach (int size in shape) tensor.Add(Dimension, size);
        long count = shape.Aggregate(1L, (product, size) => product * size);
        initializers.Add(tensor.Add(DataType, (long)element).Add(Name, value).Add(RawData, count * elementSize, fill));
        return value;
    }

    private static ProtobufMessage Describe(string value, OnnxElement element, ReadOnlySpan<OnnxDimension> shape)
    {
        const int Name = 1, Type = 2, TensorType = 1, ElementType = 1, Shape = 2, Dimension = 1, Size = 1, Symbol = 2;
        ProtobufMessage dimensions = new();
        foreach (OnnxDimension dimension in shape)
            dimensions.Add(Dimension, dimension.Name is string symbol
                ? new ProtobufMessage().Add(Symbol, symbol)
                : new ProtobufMessage().Add(Size, dimension.Size));
        ProtobufMessage tensor = new ProtobufMessage().Add(ElementType, (long)element).Add(Shape, dimensions);
        return new ProtobufMessage().Add(Name, value).Add(Type, new ProtobufMessage().Add(TensorType, tensor));
    }
}

/// <summary>An attribute of a node: a named constant.</summary>
/// <param name="Message">The AttributeProto.</param>
internal sealed record OnnxAttribute(ProtobufMessage Message)
{
    // The field numbers of AttributeProto, and its type codes.
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

/// <summary>One dimension of an input or output: a number, or a name if it is dynamic.</summary>
internal readonly record struct OnnxDimension(long Size, string? Name)
{
    public static OnnxDimension Batch { get; } = new(0, "batch");

    public static OnnxDimension Length { get; } = new(0, "length");

    public static implicit operator OnnxDimension(int size) => new(size, null);
}

/// <summary>The element types of tensors, with the codes of ONNX.</summary>
internal enum OnnxElement
{
    Float = 1,
    Integer = 7,
}
