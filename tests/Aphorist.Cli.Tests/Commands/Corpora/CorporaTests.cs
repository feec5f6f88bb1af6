using System.Text.Json;

namespace Aphorist.Cli.Tests.Commands.Corpora;

public sealed class CorporaTests
{
    [Fact]
    public void Corpora_Listed_NameTheBuiltInAndTheDownloadable()
    {
        string output = AphoristApp.Run("corpora").Expect(0).Output;

        foreach (string part in new[] { "aphorisms", "aphorisms-zh", "names", "built in", "nietzsche", "tinyshakespeare", "600,901" })
            Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Corpora_Json_IsOneObjectALine()
    {
        JsonElement[] corpora = AphoristApp.Run("corpora", "--json").Expect(0).JsonLines();

        Assert.Contains("nietzsche", corpora.Select(corpus => corpus.GetProperty("name").GetString()));
    }

    [Fact]
    public void Corpora_BuiltIn_SaysSo() => Assert.Equal("built in\n", AphoristApp.Run("corpora", "aphorisms").Expect(0).Output);

    [Fact]
    public void Corpora_UnknownName_NamesTheNearest() =>
        AphoristApp.Run("corpora", "nietzche").ExpectSentence(1, "'nietzche'", "'nietzsche'");
}
