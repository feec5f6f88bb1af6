using System.Text.Json.Nodes;
using Xunit;

namespace Aphorist.Server.Tests.Protocol;

public sealed class ModelEndpointsTests(ProtocolServers servers)
{
    [Fact]
    public async Task Models_OfAServer_AreListed()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "v1/models");
        JsonNode list = (await servers.Letters.SendAsync(request)).Expect(200);
        Assert.Equal("list", (string?)list["object"]);
        JsonNode model = Assert.Single(list["data"]!.AsArray())!;
        AssertIsLetters(model);
    }

    [Fact]
    public async Task Model_OfAName_IsReturned()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "v1/models/letters");
        AssertIsLetters((await servers.Letters.SendAsync(request)).Expect(200));
    }

    [Theory]
    [InlineData("other")]
    [InlineData("..%2Fletters")]
    [InlineData("LETTERS")]
    public async Task Model_OfAnUnknownName_IsNotFound(string name)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"v1/models/{name}");
        (await servers.Letters.SendAsync(request)).ExpectError(404, "model", "model_not_found");
    }

    [Fact]
    public async Task Model_OfAVeryLongName_IsNotRepeatedInFull()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"v1/models/{new string('x', 5000)}");
        string message = (await servers.Letters.SendAsync(request)).ExpectError(404, "model", "model_not_found");
        Assert.InRange(message.Length, 100, 200);
    }

    private static void AssertIsLetters(JsonNode model)
    {
        Assert.Equal(["id", "object", "created", "owned_by"], model.AsObject().Select(field => field.Key));
        Assert.Equal(("letters", "model"), ((string?)model["id"], (string?)model["object"]));
        Assert.InRange((long)model["created"]!, 1_700_000_000, 10_000_000_000);
    }
}
