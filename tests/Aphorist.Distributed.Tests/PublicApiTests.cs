using Aphorist.Tests;
using Xunit;

namespace Aphorist.Distributed.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_Library_IsTheApprovedOne() => ApprovedApi.AssertIsThatOf(typeof(MpiProcessGroup).Assembly);
}
