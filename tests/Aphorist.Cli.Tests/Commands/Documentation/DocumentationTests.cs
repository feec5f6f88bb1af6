namespace Aphorist.Cli.Tests.Commands.Documentation;

public sealed class DocumentationTests
{
    [Fact]
    public void CommandPage_ComparedWithTheParser_IsUpToDate()
    {
        string page = Path.Combine(Root(), "docs", "command.md");
        string printed = AphoristApp.Run("documentation").Expect(0).Output;

        Assert.True(File.Exists(page) && File.ReadAllText(page) == printed, $"It is out of date: aphorist documentation > {page}");
    }

    private static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Aphorist.slnx"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
