using System.Text;
using Aphorist.Text;
using Xunit;

namespace Aphorist.Tests.Text;

public sealed class CharacterNameTests
{
    [Theory]
    [InlineData(0x09, "tab (U+0009)")]
    [InlineData(0x0A, "line feed (U+000A)")]
    [InlineData(0x0C, "form feed (U+000C)")]
    [InlineData(0x0D, "carriage return (U+000D)")]
    [InlineData(0x20, "space (U+0020)")]
    [InlineData(0xA0, "no-break space (U+00A0)")]
    [InlineData(0x3000, "ideographic space (U+3000)")]
    [InlineData(0xFEFF, "byte order mark (U+FEFF)")]
    [InlineData(0xFFFD, "replacement character (U+FFFD)")]
    [InlineData(0x07, "control character (U+0007)")]
    [InlineData(0x200B, "invisible format character (U+200B)")]
    [InlineData(0x2003, "white space (U+2003)")]
    [InlineData(0x2028, "line separator (U+2028)")]
    [InlineData(0x2029, "paragraph separator (U+2029)")]
    [InlineData(0xE000, "private-use character (U+E000)")]
    [InlineData(0x0378, "unassigned character (U+0378)")]
    [InlineData(0x0301, "combining mark '\u25CC\u0301' (U+0301)")]
    [InlineData(0xE9, "'é' (U+00E9)")]
    [InlineData(0x1F600, "'\U0001F600' (U+1F600)")]
    public void Of_AnyKind_CanBeRead(int codePoint, string name) => Assert.Equal(name, CharacterName.Of(new Rune(codePoint)));
}
