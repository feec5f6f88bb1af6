using System.Text.RegularExpressions;

namespace Aphorist.Interop.Tests.Onnx;

/// <summary>
/// The rules that ONNX's description of its format has for a model (docs/IR.md there), each as a sentence about what breaks it.
/// </summary>
internal sealed partial class OnnxRules
{
    private readonly List<string> problems = [];

    private OnnxRules(OnnxMessage model)
    {
        Require(model.Number(1) >= 3, "the version of the format is missing or older than operator sets");
        Require(
            model.Messages(8).Count(set => set.Text(1) == "" && set.Number(2) > 0) == 1, "the default operator set is not imported once");
        Require(
            model.Messages(14).Select(entry => entry.Text(1)).Distinct().Count() == model.Messages(14).Count(),
            "two entries of the metadata have the same key");
        CheckGraph(model.Messages(7).Single());
    }

    /// <summary>What is wrong with a model; nothing if it is right.</summary>
    public static IReadOnlyList<string> BrokenBy(byte[] model) => new OnnxRules(new OnnxMessage(model)).problems;

    private void CheckGraph(OnnxMessage graph)
    {
        Require(graph.Text(2).Length > 0, "the graph has no name");
        HashSet<string> defined = [], used = [];
        foreach (OnnxMessage input in graph.Messages(11)) Define(Describe(input), defined);
        foreach (OnnxMessage tensor in graph.Messages(5)) Define(CheckTensor(tensor), defined);
        foreach (OnnxMessage node in graph.Messages(1)) CheckNode(node, defined, used);
        string[] outputs = [.. graph.Messages(12).Select(Describe)];
        foreach (string output in outputs) Require(defined.Contains(output), $"nothing computes the output '{output}'");
        Require(outputs.Length > 0 && outputs.Distinct().Count() == outputs.Length, "nothing goes out, or something twice");
        used.UnionWith(outputs);

        foreach (string value in defined.Except(used)) problems.Add($"nobody reads '{value}'");
        string[] names = [.. graph.Messages(1).Select(node => node.Text(3))];
        Require(names.Distinct().Count() == names.Length, "two nodes have the same name");
    }

    private void CheckNode(OnnxMessage node, HashSet<string> defined, HashSet<string> used)
    {
        Require(node.Text(4).Length > 0, $"the node '{node.Text(3)}' has no operation");
        foreach (string input in node.Texts(1).Where(name => name.Length > 0))
        {
            Require(defined.Contains(input), $"'{node.Text(3)}' reads '{input}', which is not computed before");
            used.Add(input);
        }

        foreach (string output in node.Texts(2)) Define(output, defined);
        string[] attributes = [.. node.Messages(5).Select(CheckAttribute)];
        Require(attributes.Distinct().Count() == attributes.Length, $"'{node.Text(3)}' has two attributes of the same name");
    }

    private string CheckAttribute(OnnxMessage attribute)
    {
        // Which field holds the value, by the type: FLOAT, INT, STRING, FLOATS, INTS, STRINGS.
        int field = attribute.Number(20) switch { 1 => 2, 2 => 3, 3 => 4, 6 => 7, 7 => 8, 8 => 9, _ => 0 };
        Require(attribute.Has(field), $"the attribute '{attribute.Text(1)}' has another value than its type says");
        Require(attribute.Text(1).Length > 0, "an attribute has no name");
        return attribute.Text(1);
    }

    private string CheckTensor(OnnxMessage tensor)
    {
        long size = tensor.Number(2) switch { 1 => sizeof(float), 7 => sizeof(long), _ => 0 };
        long bytes = tensor.Numbers(1).Aggregate(size, (product, dimension) => product * dimension);
        Require(bytes > 0 && tensor.AllBytes(9).Single().Length == bytes, $"the values of '{tensor.Text(8)}' do not fill its shape");
        return tensor.Text(8);
    }

    private string Describe(OnnxMessage value)
    {
        OnnxMessage tensor = value.Messages(2).Single().Messages(1).Single();
        Require(tensor.Number(1) is 1 or 7, $"'{value.Text(1)}' has no type");
        OnnxMessage[] dimensions = [.. tensor.Messages(2).Single().Messages(1)];
        Require(
            dimensions.Length > 0 && dimensions.All(dimension => (dimension.Number(1) > 0) != (dimension.Text(2).Length > 0)),
            $"a dimension of '{value.Text(1)}' has neither size nor name, or both");
        return value.Text(1);
    }

    private void Define(string value, HashSet<string> defined)
    {
        Require(Identifier().IsMatch(value), $"'{value}' is not a name that every program can use");
        Require(defined.Add(value), $"'{value}' is computed twice");
    }

    private void Require(bool holds, string problem)
    {
        if (!holds) problems.Add(problem);
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
