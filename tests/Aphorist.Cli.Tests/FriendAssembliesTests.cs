using System.Reflection;
using System.Runtime.CompilerServices;

namespace Aphorist.Cli.Tests;

/// <summary>Only tests and benchmarks see the internals of the command and of the libraries that it uses.</summary>
public sealed class FriendAssembliesTests
{
    [Theory]
    [InlineData("Aphorist.Cli", "Aphorist.Cli.Tests")]
    [InlineData("Aphorist.Server", "Aphorist.Server.Tests")]
    [InlineData("Aphorist.Interop", "Aphorist.Interop.Tests")]
    [InlineData("Aphorist", "Aphorist.Benchmarks", "Aphorist.Interop.Tests", "Aphorist.Peers", "Aphorist.Tests")]
    public void Assembly_HasOnlyTestsAndBenchmarksAsFriends(string assembly, params string[] allowed)
    {
        IEnumerable<InternalsVisibleToAttribute> friends = Assembly.Load(assembly).GetCustomAttributes<InternalsVisibleToAttribute>();
        Assert.Equal(allowed, friends.Select(friend => friend.AssemblyName).Order(StringComparer.Ordinal));
    }
}
