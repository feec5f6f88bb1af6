using System.Text.Json;
using System.Text.Json.Nodes;
using Aphorist.Interop.Keras;
using Xunit;

namespace Aphorist.Interop.Tests.Keras;

/// <summary>Functional models: a chain is followed whatever the order of the list, anything else refused.</summary>
public sealed class KerasFunctionalTests
{
    [Fact]
    public void Order_NodesOfKeras2_FollowsTheChain() =>
        Assert.Equal("input lstm dense",
            Order(Layer("dense", "[[[\"lstm\", 0, 0, {}]]]"), Layer("input", "[]"), Layer("lstm", "[[[\"input\", 0, 0, {}]]]")));

    [Fact]
    public void Order_NodesOfKeras3_FollowsTheChain()
    {
        string node = "[{\"args\": [{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 9, 7], \"keras_history\": "
        + "[\"input\", 0, 0]}}], \"kwargs\": {\"training\": false}}]";

        Assert.Equal("input lstm", Order(Layer("lstm", node), Layer("input", "[]")));
    }

    [Theory]
    [InlineData("[[[\"a\", 0, 0, {}], [\"input\", 0, 0, {}]]]", "'b' reads 2 layers")]
    [InlineData("[[[\"input\", 0, 0, {}]]]", "'input' is the input of several layers")]
    [InlineData("[[[\"b\", 0, 0, {}]]]", "2 of 3 can be reached")]
    [InlineData("[]", "'b' is a second input")]
    [InlineData("[[[\"a\", 0, 0, {}]], [[\"a\", 0, 0, {}]]]", "'b' is used more than once")]
    public void Order_NoChain_SaysWhere(string node, string expected)
    {
        JsonElement[] layers = [Layer("input", "[]"), Layer("a", "[[[\"input\", 0, 0, {}]]]"), Layer("b", node)];

        Assert.Contains(
            expected, Assert.Throws<ModelFileException>(() => KerasChain.Order("file", layers)).Message, StringComparison.Ordinal);
    }

    private static string Order(params JsonElement[] layers) =>
        string.Join(' ', KerasChain.Order("file", layers).Select(layer => layer.GetProperty("name").GetString()));

    private static JsonElement Layer(string name, string nodes) =>
        JsonElement.Parse(new JsonObject { ["name"] = name, ["inbound_nodes"] = JsonNode.Parse(nodes) }.ToJsonString());
}
