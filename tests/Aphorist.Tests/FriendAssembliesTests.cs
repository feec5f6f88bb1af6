using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit;

namespace Aphorist.Tests;

/// <summary>Only tests and benchmarks see the internals of the library. All other code uses its public API.</summary>
public sealed class FriendAssembliesTests
{
    private static readonly string[] Allowed = ["Aphorist.Tests", "Aphorist.Interop.Tests", "Aphorist.Benchmarks", "Aphorist.Peers"];

    [Fact]
    public void Library_HasOnlyTestsAndBenchmarksAsFriends()
    {
        IEnumerable<InternalsVisibleToAttribute> friends =
            typeof(LanguageModel).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>();
        Assert.Equal(Allowed.Order(), friends.Select(friend => friend.AssemblyName).Order());
    }
}
