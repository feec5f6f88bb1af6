using Xunit;

namespace Aphorist.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void PublicApi_Library_IsTheApprovedOne() => ApprovedApi.AssertIsThatOf(typeof(LanguageModel).Assembly);
}
