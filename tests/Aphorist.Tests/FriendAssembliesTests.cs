using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Aphorist.Tests;

/// <summary>Only tests and benchmarks see the internals of the library: everything else uses the public API, as customers do.</summary>
public sealed class FriendAssembliesTests
{
    private static readonly string[] Allowed = ["Aphorist.Tests", "Aphorist.Interop.Tests", "Aphorist.Benchmarks", "Aphorist.Peers", "Aphorist.Cli"];

    [Fact]
    public void Library_HasOnlyTestsAndBenchmarksAsFriends()
    {
        string[] friends = [.. typeof(LanguageModel).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName)];
        Assert.Empty(friends.Except(Allowed));
    }
}
