using System.Reflection;
using Aphorist.Studio.NewRun;
using Aphorist.Training;
using Xunit;

namespace Aphorist.Studio.Tests.NewRun;

public sealed class OptionFieldsTests
{
    // What a run can be given without an entry on the page, and why.
    private static readonly Dictionary<string, string> LeftOut = new()
    {
        [nameof(TrainingOptions.Preset)] = "the cards above the options",
        [nameof(TrainingOptions.CheckpointInterval)] = "the studio resumes every run; nobody has to choose how often it is saved",
        [nameof(TrainingRunOptions.Corpus)] = "the list of texts",
        [nameof(TrainingRunOptions.CorpusSha256)] = "computed",
        [nameof(TrainingRunOptions.ValidationText)] = "the page holds out a part of the text",
        [nameof(TrainingRunOptions.ValidationSha256)] = "computed",
        [nameof(TrainingRunOptions.Encoding)] = "beside the excerpt",
        [nameof(TrainingRunOptions.StandardInput)] = "a page has none",
        [nameof(TrainingRunOptions.Tokenizer)] = "its properties",
        [nameof(TrainingRunOptions.Model)] = "its properties",
        [nameof(TrainingRunOptions.Training)] = "its properties",
        [nameof(TrainingRunOptions.From)] = "the list of models",
        [nameof(TrainingRunOptions.Samples)] = "the page of the run shows them",
        [nameof(TrainingRunOptions.SampleStyle)] = "the page of the run shows all temperatures",
    };

    private static readonly TrainingRunOptions[] Starts =
    [
        .. Preset.All.Select(preset => TrainingRunOptions.FromPreset(preset, "catalog:fables")),
        .. Enum.GetValues<Architecture>().Select(kind => TrainingRunOptions.FromPreset(Preset.Quick, "catalog:fables") with
        {
            Model = new ModelSpec { Architecture = kind, Layers = 2, EmbeddingSize = 128 },
            Tokenizer = new TokenizerOptions { Kind = TokenizerKind.Words },
        }),
    ];

    public static TheoryData<string> Ids => [.. OptionFields.All.Select(option => option.Id)];

    [Fact]
    public void All_SettableProperties_HaveAnEntry()
    {
        Type[] types = [typeof(TokenizerOptions), typeof(ModelSpec), typeof(TrainingOptions), typeof(TrainingRunOptions)];
        IEnumerable<string> settable = types
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.SetMethod is not null).Select(property => property.Name).Distinct();
        Assert.Equal(
            settable.Order(StringComparer.Ordinal),
            OptionFields.All.Select(field => field.Property).Concat(LeftOut.Keys).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void All_Ids_AreThoseOfTheCommand()
    {
        string help = File.ReadAllText(Path.Combine(RepositoryFolder(), "docs", "command.md"));
        Assert.All(OptionFields.All, field => Assert.Contains($"| `--{field.Id} ", help, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Texts_BothLanguages_AreWritten(string id)
    {
        OptionField field = Of(id);
        List<Bilingual> texts = [field.Label, field.Help, OptionFields.NameOf(field.Group)];
        if (field is NumberField number)
            texts.AddRange(new[] { number.Unit, number.Empty, number.Range(Starts[0]) }.OfType<Bilingual>());
        if (field is ChoiceField choice) texts.AddRange(choice.Choices.Select(one => one.Name));
        Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text.English) || string.IsNullOrWhiteSpace(text.Chinese)));
        Assert.Contains(field.Help.Chinese, character => character >= '\u4E00');
        Assert.DoesNotContain(field.Help.English, character => character >= '\u4E00');
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Write_ItsOwnValue_ChangesNothing(string id)
    {
        OptionField field = Of(id);
        // Epochs are the exception: they remove the time limit.
        foreach (TrainingRunOptions start in Starts.Where(start => field.Applies(start) && id != "epochs"))
        {
            TrainingRunOptions written = field.Write(start, field.Read(start), out Bilingual? problem);
            Assert.Null(problem);
            Assert.Equal(start, written);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Write_EndsOfTheRange_AreValidOrExplained(string id)
    {
        OptionField field = Of(id);
        foreach (TrainingRunOptions start in Starts.Where(field.Applies))
        {
            foreach (string value in Ends(field, start))
            {
                TrainingRunOptions written = field.Write(start, value, out Bilingual? problem);
                Assert.Null(problem);
                Assert.Equal(value, field.Read(written));
                if (RunProblem.Of(written) is not { } refused) continue;
                // A contradiction with another option, not a range that differs from the library's.
                Assert.Contains(refused.Id, (string[])["residual", "kernel", "layers"]);
                Assert.Contains(refused.Sentence.Chinese, character => character >= '\u4E00');
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Write_OutsideTheRange_IsRefused(string id)
    {
        OptionField field = Of(id);
        foreach (TrainingRunOptions start in Starts.Where(field.Applies))
        {
            foreach (string value in (string[])["x", "1e999", "NaN", "-1", "٣", "1,5", .. Outside(field, start)])
            {
                TrainingRunOptions written = field.Write(start, value, out Bilingual? problem);
                Assert.NotNull(problem);
                Assert.Same(start, written);
            }
        }
    }

    [Theory]
    [InlineData("?architecture=convolution", "layers", "6")]
    [InlineData("?architecture=convolution&layers=3", "layers", "3")]
    [InlineData("?tokenizer=words", "embedding", "128")]
    [InlineData("?tokenizer=words&embedding=0", "embedding", "0")]
    [InlineData("?tied=on&hidden=64", "embedding", "64")]
    [InlineData("?epochs=5", "minutes", "")]
    [InlineData("?epochs=5&minutes=2", "minutes", "2")]
    [InlineData("?minutes=none", "minutes", "")]
    [InlineData("?preset=notebook", "gates", "hardsigmoid")]
    [InlineData("?preset=notebook&architecture=gru", "gates", "sigmoid")]
    [InlineData("?preset=notebook", "lowercase", "on")]
    [InlineData("?architecture=gru&kernel=5", "kernel", "2")]
    [InlineData("?validation=0&validate-every=10", "validate-every", "0")]
    public void Build_DependentOptions_FollowAsInTheCommand(string query, string id, string expected)
    {
        RunPlan plan = RunForm.Parse($"http://localhost/runs/new{query}").Build(["catalog:fables"]);
        Assert.Empty(plan.Problems);
        Assert.Equal(expected, Of(id).Read(plan.Options));
    }

    [Theory]
    [InlineData("?residual=on", "residual", "2 or more layers", "2 层")]
    [InlineData("?layers=5", "layers", "from 1 to 4", "1 到 4")]
    [InlineData("?architecture=convolution&layers=12&kernel=9", "kernel", "4096 is the maximum", "4096")]
    [InlineData("?hidden=100000", "hidden", "from 1 to 16384", "1 到 16384")]
    [InlineData("?dropout=1", "dropout", "below 1", "小于 1")]
    [InlineData("?seed=-3", "seed", "from 0", "0 到")]
    [InlineData("?optimizer=lion", "optimizer", "Choose one", "选择")]
    public void Build_WrongValue_HasASentenceAtItsField(string query, string id, string english, string chinese)
    {
        RunPlan plan = RunForm.Parse($"http://localhost/runs/new{query}").Build(["catalog:fables"]);
        (string found, Bilingual problem) = Assert.Single(plan.Problems);
        Assert.Equal(id, found);
        Assert.Contains(english, problem.English, StringComparison.Ordinal);
        Assert.Contains(chinese, problem.Chinese, StringComparison.Ordinal);
    }

    [Fact]
    public void ToQuery_Parsed_IsTheSame()
    {
        const string Query = "?text=catalog%3Afables&encoding=gb18030&preset=best&hidden=64&residual=on&minutes=none";
        RunForm form = RunForm.Parse($"http://localhost/runs/new{Query}");
        Assert.Equal(Query, form.ToQuery());
        form.Change(Of("hidden"), "384");
        Assert.DoesNotContain("hidden", form.ToQuery(), StringComparison.Ordinal);
        form.ResetAll();
        Assert.Equal("?text=catalog%3Afables&encoding=gb18030&preset=best", form.ToQuery());
    }

    private static IEnumerable<string> Ends(OptionField field, TrainingRunOptions options) => field switch
    {
        NumberField number => Ends(number, options),
        ChoiceField choice => choice.Choices.Select(one => one.Value),
        _ => [SwitchField.On, SwitchField.Off],
    };

    private static IEnumerable<string> Ends(NumberField number, TrainingRunOptions options)
    {
        yield return number.IsAboveMinimum ? "0.000001" : $"{number.Minimum}";
        double maximum = number.Maximum(options);
        yield return double.IsInfinity(maximum) ? "1000000" : number.IsBelowMaximum ? "0.999" : $"{maximum}";
        if (number.Empty is not null) yield return "";
    }

    private static List<string> Outside(OptionField field, TrainingRunOptions options)
    {
        if (field is not NumberField number) return [""];
        List<string> values = [$"{number.Minimum - 1}"];
        if (number.IsAboveMinimum) values.Add($"{number.Minimum}");
        if (number.IsBelowMaximum) values.Add($"{number.Maximum(options)}");
        if (double.IsFinite(number.Maximum(options))) values.Add($"{number.Maximum(options) + 1}");
        if (number.IsWhole) values.Add("2.5");
        if (number.Empty is null) values.Add("");
        return values;
    }

    private static OptionField Of(string id) => OptionFields.All.Single(field => field.Id == id);

    private static string RepositoryFolder()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Aphorist.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
