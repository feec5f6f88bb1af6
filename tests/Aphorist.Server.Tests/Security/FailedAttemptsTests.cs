using System.Net;
using Aphorist.Server.Security;
using Aphorist.Server.Tests.Models;
using Xunit;

namespace Aphorist.Server.Tests.Security;

public sealed class FailedAttemptsTests
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    private readonly ManualTime time = new();

    [Fact]
    public void Wait_AfterTenFailures_LastsUntilTheMinuteIsOver()
    {
        FailedAttempts attempts = new(time);
        Fail(attempts, Address, FailedAttempts.Limit - 1);
        Assert.Null(attempts.WaitOf(Address));
        time.Advance(TimeSpan.FromSeconds(20));
        attempts.Add(Address);

        Assert.Equal(TimeSpan.FromSeconds(40), attempts.WaitOf(Address));
        Assert.Null(attempts.WaitOf(IPAddress.Parse("192.0.2.2")));
        time.Advance(TimeSpan.FromSeconds(39));
        Assert.Equal(TimeSpan.FromSeconds(1), attempts.WaitOf(Address));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(attempts.WaitOf(Address));
    }

    [Theory]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("0.0.0.0", "::1", false)]
    public void Wait_OfAnotherAddress_IsSharedWithinANetwork(string failing, string other, bool isShared)
    {
        FailedAttempts attempts = new(time);
        Fail(attempts, IPAddress.Parse(failing), FailedAttempts.Limit);

        Assert.Equal(isShared, attempts.WaitOf(IPAddress.Parse(other)) is not null);
    }

    [Fact]
    public void Failures_FromMoreAddressesThanAreKept_BlockNobodyElse()
    {
        FailedAttempts attempts = new(time);
        for (int i = 0; i < 10_000; i++) attempts.Add(new IPAddress(i + 1));
        IPAddress known = new(1), unknown = new(20_000);
        Fail(attempts, unknown, FailedAttempts.Limit);
        for (int i = 0; i < FailedAttempts.Limit; i++) attempts.Add(new IPAddress(30_000 + i));

        Assert.Null(attempts.WaitOf(unknown));
        Assert.Null(attempts.WaitOf(new IPAddress(40_000)));
        Assert.Null(attempts.WaitOf(known));
        Fail(attempts, known, FailedAttempts.Limit - 1);
        Assert.NotNull(attempts.WaitOf(known));
        time.Advance(TimeSpan.FromMinutes(1));
        Fail(attempts, unknown, FailedAttempts.Limit);
        Assert.NotNull(attempts.WaitOf(unknown));
    }

    private static void Fail(FailedAttempts attempts, IPAddress address, int count)
    {
        for (int i = 0; i < count; i++) attempts.Add(address);
    }
}
