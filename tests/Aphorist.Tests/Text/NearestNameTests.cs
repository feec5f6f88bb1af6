using Aphorist.Text;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class NearestNameTests
{
    [Theory]
    [InlineData("nietzche", "nietzsche")]
    [InlineData("Nietszche", "nietzsche")]
    [InlineData("shakespeare", "tinyshakespeare")]
    [InlineData("afforisms", "aphorisms")]
    [InlineData("war-and-peace", null)]
    public void To_MisspelledName_IsTheOneMeant(string typed, string? expected) =>
        Assert.Equal(expected, NearestName.To(typed, CorpusCatalog.Entries.Select(entry => entry.Name)));

    [Fact]
    public void EditDistance_AnyWords_IsSymmetricAndZeroOnlyForTheSame() => Gen.Select(Word, Word).Sample((first, second) =>
    {
        int distance = NearestName.EditDistance(first, second);
        Assert.Equal(distance, NearestName.EditDistance(second, first));
        Assert.Equal(first == second, distance == 0);
        Assert.InRange(distance, Math.Abs(first.Length - second.Length), Math.Max(first.Length, second.Length));
    });

    private static Gen<string> Word { get; } = Gen.Char['a', 'c'].Array[0, 6].Select(letters => new string(letters));
}
