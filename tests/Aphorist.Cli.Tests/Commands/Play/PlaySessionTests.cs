using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class PlaySessionTests(TrainedModel trained)
{
    private static readonly GenerationOptions Sampling = new() { Seed = 7 };

    [Fact]
    public void Type_Capitals_AreReadAsTheModelReadsThem()
    {
        PlaySession session = OfCharacters();
        session.Type("THE Cat\r\n");

        Assert.Equal("the cat\n", session.Text.ToString());
        Assert.Equal("", session.Message);
    }

    [Fact]
    public void Type_UnknownCharacter_IsLeftOutAndNamed()
    {
        PlaySession session = OfCharacters();
        session.Type("the ");
        session.Type("€");

        Assert.Equal("the ", session.Text.ToString());
        Assert.Contains("'€' (U+20AC)", session.Message, StringComparison.Ordinal);
        session.Undo();
        Assert.Equal("", session.Text.ToString());
    }

    [Fact]
    public void Undo_ManyChanges_GoesBackOneByOne()
    {
        PlaySession session = OfCharacters();
        session.Type("t");
        session.Type("h");
        session.Type("e");
        session.Type(" ");
        Search(session);
        session.Accept(2);
        string accepted = session.Text.ToString();
        Run(session, GenerationExtent.Line);
        session.Erase();
        string[] expected = [session.Text + "\n", accepted, "the ", "the", ""];
        foreach (string text in expected)
        {
            session.Undo();
            Assert.Equal(text, session.Text.ToString());
        }

        Assert.Equal("", session.Message);
        session.Undo();
        Assert.Contains("nothing to undo", session.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_Suggestions_AddsThem()
    {
        PlaySession session = OfCharacters();
        session.Type("the ");
        Search(session);
        string second = session.Suggestions[1].Text;
        session.Select(1);
        Assert.Equal(1, session.Selected);
        session.Accept(session.Selected);

        Assert.Equal("the " + second, session.Text.ToString());
        Assert.Equal(0, session.Selected);
        Assert.True(session.Text.IsGenerated);
        // Of those to come, none is found yet, so they are looked for now.
        Assert.Empty(session.Suggestions);
        session.Accept(0);
        Assert.True(session.Text.Length > ("the " + second).Length);
        session.Undo();
        session.Accept(SuggestionSearch.MaximumResults);
        Assert.Equal("the " + second, session.Text.ToString());
    }

    [Fact]
    public void Select_BeyondTheEnds_Stays()
    {
        PlaySession session = OfCharacters();
        session.Select(1);
        Assert.Equal(0, session.Selected);
        Search(session);
        session.Select(-1);
        Assert.Equal(0, session.Selected);
        session.Select(100);
        Assert.Equal(session.Suggestions.Count - 1, session.Selected);
    }

    [Fact]
    public void Generate_AfterAnyChanges_IsTheTextOfTheGenerator()
    {
        PlaySession session = OfCharacters();
        session.Type("the hen sat. ");
        Search(session);
        session.Accept(0);
        session.Undo();
        for (int character = 0; character < "sat. ".Length; character++) session.Erase();
        session.Type("ran");
        Run(session, GenerationExtent.Line);

        string expected = new TextGenerator(LanguageModel.Load(trained.File)).Generate(
            "the hen ran", Sampling with { MaxTokens = 1000 }, TestContext.Current.CancellationToken);
        Assert.Equal("the hen ran" + expected[..(expected.IndexOf('\n') + 1)], session.Text.ToString());
    }

    [Fact]
    public void Generate_AgainAfterUndo_GivesAnotherText()
    {
        PlaySession session = OfCharacters();
        session.Type("the ");
        Run(session, GenerationExtent.Line);
        string first = session.Text.ToString();
        session.Undo();
        Run(session, GenerationExtent.Line);

        Assert.NotEqual(first, session.Text.ToString());
    }

    [Fact]
    public void Generate_Word_EndsAfterIt()
    {
        PlaySession session = OfCharacters();
        session.Type("the c");
        Run(session, GenerationExtent.Word);

        Assert.Matches(@"^the c[a-z]*[^a-z]$", session.Text.ToString());
        Run(session, GenerationExtent.Token);
        Assert.Matches(@"^the c[a-z]*[^a-z](.|\n)$", session.Text.ToString());
    }

    [Fact]
    public void Generate_Endless_ContinuesUntilStopped()
    {
        PlaySession session = OfCharacters();
        session.Start(GenerationExtent.Endless);
        for (int token = 0; token < 3000; token++) session.Generate();
        Assert.True(session.IsGenerating);
        session.Stop();

        Assert.False(session.IsGenerating);
        Assert.Equal(3000, session.Text.Length);
        string expected = new TextGenerator(LanguageModel.Load(trained.File)).Generate(
            "", Sampling with { MaxTokens = 3000 }, TestContext.Current.CancellationToken);
        Assert.Equal(expected, session.Text.ToString());
    }

    [Fact]
    public void AdjustTemperature_WhileGenerating_ChangesWhatFollows()
    {
        PlaySession session = OfCharacters();
        session.Start(GenerationExtent.Endless);
        for (int step = 0; step < 20; step++) session.AdjustTemperature(-0.1);
        Assert.Equal(0, session.Temperature);
        for (int token = 0; token < 100; token++) session.Generate();

        string expected = new TextGenerator(LanguageModel.Load(trained.File)).Generate(
            "", new() { MaxTokens = 100, Temperature = 0 }, TestContext.Current.CancellationToken);
        Assert.Equal(expected, session.Text.ToString());
        session.AdjustTemperature(0.1);
        Assert.Equal(0.1, session.Temperature);
        Assert.Contains("0.1", session.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the ca", "^the ca(t|ts|r)$")]
    [InlineData("the ", "^the (cat|cats|car|sat)$")]
    [InlineData("the cat", "^the cat(.| | cat| cats| car| sat|the|c|a|t)$")]
    [InlineData("the xyz", "^the xyz(.| | cat| cats| car| sat|the|c|a|t)$")]
    public void Generate_AfterPartOfAWord_CompletesIt(string begun, string pattern)
    {
        LanguageModel model = LanguageModel.Create(
            ModelSpec.Notebook with { HiddenSize = 8 },
            WordTokenizer.FromTokens(["\uFFFD", "the", " cat", " cats", " car", " ", ".", " sat", "c", "a", "t"]),
            seed: 1);
        PlaySession session = new(new TextGenerator(model), Sampling, TestContext.Current.CancellationToken);
        session.Type(begun);
        for (int time = 0; time < 20; time++)
        {
            Run(session, GenerationExtent.Token);
            Assert.Matches(pattern, session.Text.ToString());
            session.Undo();
            Assert.Equal(begun, session.Text.ToString());
        }
    }

    [Fact]
    public void Generate_OfBytes_GivesWholeCharacters()
    {
        LanguageModel model = LanguageModel.Create(ModelSpec.Notebook with { HiddenSize = 8 }, new ByteTokenizer(), seed: 1);
        PlaySession session = new(new TextGenerator(model), Sampling, TestContext.Current.CancellationToken);
        session.Type("中");
        Run(session, GenerationExtent.Token);

        Assert.InRange(session.Text.Length, 2, 3);
    }

    private PlaySession OfCharacters()
    {
        LanguageModel model = LanguageModel.Load(trained.File);
        return new(new TextGenerator(model), Sampling, TestContext.Current.CancellationToken);
    }

    private static void Run(PlaySession session, GenerationExtent extent)
    {
        session.Start(extent);
        while (session.IsGenerating) session.Generate();
    }

    private static void Search(PlaySession session)
    {
        while (session.Search())
        {
        }
    }
}
