using Aphorist.Server.Security;
using Xunit;

namespace Aphorist.Server.Tests.Security;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8::1", "2001:db8::1", "2001:db8::1")]
    [InlineData("[2001:db8::1]", "2001:db8::1", "2001:db8::1")]
    [InlineData("2001:db8::1:9000", "2001:db8::1:9000", "2001:db8::1:9000")]
    [InlineData("192.0.2.1:9000", null, "192.0.2.1")]
    [InlineData("[::1]:9000", null, "::1")]
    [InlineData("[::ffff:192.0.2.1]:9000", null, "192.0.2.1")]
    [InlineData("192.0.2.1:99999", null, null)]
    [InlineData("192.0.2.1:", null, null)]
    [InlineData("8080", null, null)]
    [InlineData("192.0.2", null, null)]
    [InlineData("8080:9000", null, null)]
    [InlineData("[192.0.2.1]", null, null)]
    [InlineData("[::1", null, null)]
    [InlineData("::1]", null, null)]
    [InlineData("[]", null, null)]
    [InlineData("[[::1]]", null, null)]
    [InlineData("localhost", null, null)]
    [InlineData("unknown", null, null)]
    [InlineData("", null, null)]
    public void Text_WithOrWithoutPort_IsAnAddressOrNot(string text, string? address, string? withPort)
    {
        Assert.Equal(address, AddressText.Parse(text)?.ToString());
        Assert.Equal(withPort, AddressText.ParseWithPort(text)?.ToString());
    }
}
