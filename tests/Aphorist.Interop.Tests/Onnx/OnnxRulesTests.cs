using Aphorist.Interop.Onnx;
using Google.Protobuf;
using Xunit;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>The exported files keep the rules of the format.</summary>
public sealed class OnnxRulesTests
{
    public static TheoryData<string> Models => OnnxCase.Names;

    [Theory]
    [MemberData(nameof(Models))]
    public void Write_AnyModelAndKind_KeepsTheRules(string name)
    {
        OnnxCase example = OnnxCase.Of(name);
        foreach (OnnxGraphKind kind in Enum.GetValues<OnnxGraphKind>()) Assert.Equal([], OnnxRules.BrokenBy(example.Bytes(kind)));
    }

    [Fact]
    public void Write_TiedEmbedding_HasItOnce()
    {
        OnnxMessage graph = new OnnxMessage(OnnxCase.Of("LSTM, 4 layers, all options").Bytes(OnnxGraphKind.Window)).Messages(7).Single();
        string[] tensors = [.. graph.Messages(5).Select(tensor => tensor.Text(8))];
        Assert.Contains("embedding_weight", tensors);
        Assert.DoesNotContain("decoder_weight", tensors);
    }

    [Fact]
    public void BrokenBy_GraphsThatBreakARule_NamesIt()
    {
        Assert.Equal(["'y' reads 'x', which is not computed before"], Broken(graph => Finish(graph, "x")));
        Assert.Equal(
            ["'a' is computed twice"], Broken(graph => Finish(graph, graph.Node("Tanh", [graph.Input("a", OnnxElement.Float, 1)], "a"))));
        Assert.Equal(["nothing computes the output 'z'"], Broken(graph =>
        {
            Finish(graph, graph.Scalar("a", 1));
            graph.Output("z", OnnxElement.Float, 1);
        }));
        Assert.Equal(["nobody reads 'b'"], Broken(graph =>
        {
            graph.Scalar("b", 1);
            Finish(graph, graph.Scalar("a", 1));
        }));
        Assert.Equal(["nothing goes out, or something twice"], Broken(graph =>
        {
            Finish(graph, graph.Scalar("a", 1));
            graph.Output("y", OnnxElement.Float, 1);
        }));
        Assert.Equal(["'a b' is not a name that every program can use"], Broken(graph => Finish(graph, graph.Scalar("a b", 1))));
        Assert.Equal(["a dimension of 'a' has neither size nor name, or both"],
            Broken(graph => Finish(graph, graph.Input("a", OnnxElement.Float, 0))));
        Assert.Equal(["'a' has no type"], Broken(graph => Finish(graph, graph.Input("a", 0, 1))));
        Assert.Equal(["the values of 'a' do not fill its shape"], Broken(graph => Finish(graph, graph.Floats("a", [0], _ => { }))));
        Assert.Equal(["the node 'y' has no operation"], Broken(graph => Finish(graph, graph.Scalar("a", 1), operation: "")));
        Assert.Equal(
            ["'y' has two attributes of the same name"],
            Broken(graph => Finish(graph, graph.Scalar("a", 1), "Tanh", OnnxAttribute.Integer("axis", 1), OnnxAttribute.Float("axis", 1))));
        Assert.Equal(
            ["the attribute 'axes' has another value than its type says"],
            Broken(graph => Finish(graph, graph.Scalar("a", 1), "Tanh", OnnxAttribute.Integers("axes"))));
    }

    private static void Finish(OnnxGraph graph, string value, string operation = "Tanh", params ReadOnlySpan<OnnxAttribute> attributes) =>
        graph.Output(graph.Node(operation, [value], "y", attributes), OnnxElement.Float, 1);

    private static IReadOnlyList<string> Broken(Action<OnnxGraph> build)
    {
        OnnxGraph graph = new("graph", "");
        build(graph);
        ProtobufMessage operators = new ProtobufMessage().Add(1, "").Add(2, 17), model = new ProtobufMessage().Add(1, 8)
            .Add(7, graph.ToMessage()).Add(8, operators);
        using MemoryStream stream = new();
        using (CodedOutputStream output = new(stream, leaveOpen: true)) model.WriteTo(output);
        Assert.Equal(model.Length, stream.Length);
        return OnnxRules.BrokenBy(stream.ToArray());
    }
}
