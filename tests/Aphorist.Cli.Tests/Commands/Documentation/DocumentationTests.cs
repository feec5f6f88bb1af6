namespace Aphorist.Cli.Tests.Commands.Documentation;

public sealed class DocumentationTests
{
    [Fact]
    public void CommandPage_ComparedWithTheParser_IsUpToDate()
    {
        string page = Path.Combine(Repository.Root, "docs", "command.md");
        string printed = AphoristApp.Run("documentation").Expect(0).Output;

        Assert.True(File.Exists(page) && File.ReadAllText(page) == printed, $"It is out of date: aphorist documentation > {page}");
    }
}
