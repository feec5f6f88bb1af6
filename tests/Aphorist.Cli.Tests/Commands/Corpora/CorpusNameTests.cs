namespace Aphorist.Cli.Tests.Commands.Corpora;

/// <summary>A folder or file with the name of a corpus in the catalog comes first, and every command says so.</summary>
public sealed class CorpusNameTests(TrainedModel trained) : IDisposable
{
    private const string Note = "The folder 'names' was opened. To open the catalog's corpus of this name, use 'catalog:names'.";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("train", "names", "--epochs", "1", "--hidden", "4", "--samples", "false", "--run", "run")]
    [InlineData("train", "text.txt", "--validation-text", "names", "--epochs", "1", "--hidden", "4", "--samples", "false", "--run", "run")]
    [InlineData("sweep", "names", "--epochs", "1", "--over", "hidden=4", "--sweep", "sweep")]
    [InlineData("evaluate", "MODEL", "names")]
    [InlineData("score", "MODEL", "names")]
    [InlineData("inspect", "MODEL", "names", "--output", "page.html")]
    [InlineData("generate", "MODEL", "--passage", "names", "--length", "5")]
    public void Command_FolderNamedLikeACorpus_IsReadWithANote(params string[] arguments)
    {
        folder.Write("names/a.txt", TinyText.OfLength(900));
        folder.Write("text.txt", TinyText.OfLength(900));

        CommandResult result = AphoristProcess.Run(
            folder.Path, [.. arguments.Select(argument => argument == "MODEL" ? trained.Run : argument)]);

        result.Expect(0).ExpectError(Note);
    }

    [Fact]
    public void Evaluate_PrefixedName_IsTheCatalogsCorpus()
    {
        folder.Write("names/a.txt", TinyText.OfLength(900));
        // The tiny model does not know the capitals of the catalog's text.
        AphoristProcess.Run(folder.Path, "evaluate", trained.Run, "catalog:names").ExpectSentence(1, "does not know");
    }

    [Fact]
    public void Train_WithoutACorpus_ReadsTheBuiltInOneDespiteAFolderOfItsName()
    {
        folder.Write("fables/a.txt", TinyText.OfLength(900));
        AphoristProcess.Run(folder.Path, "train", "--epochs", "1", "--hidden", "4", "--minutes", "0.01", "--samples", "false")
            .Expect(0).ExpectError("fables: 575");
    }
}
