using System.Reflection;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

public sealed class TrainingRunOptionsTests : IDisposable
{
    private static readonly TrainingRunOptions Begun = new()
    {
        Corpus = ["nietzsche", "諸子/*.txt"],
        CorpusSha256 = "00ff",
        Encoding = "gb18030",
        Lowercase = true,
        Model = ModelSpec.Notebook,
        Training = TrainingOptions.Notebook with
        {
            LearningRate = 0.1 + 0.2,
            Seed = ulong.MaxValue,
            Threads = 3,
            CheckpointInterval = TimeSpan.FromSeconds(1.5),
        },
    };

    // Another valid value of each option, and whether a run may be resumed with it.
    private static readonly (string Name, bool MayChange, Func<TrainingOptions, TrainingOptions> Change)[] TrainingChanges =
    [
        (nameof(TrainingOptions.Preset), false, options => options with { Preset = "other" }),
        (nameof(TrainingOptions.Epochs), true, options => options with { Epochs = 99 }),
        (nameof(TrainingOptions.Objective), false, options => options with { Objective = Objective.Stream }),
        (nameof(TrainingOptions.Stride), false, options => options with { Stride = 1 }),
        (nameof(TrainingOptions.SequenceLength), false, options => options with { SequenceLength = 9 }),
        (nameof(TrainingOptions.BatchSize), false, options => options with { BatchSize = 9 }),
        (nameof(TrainingOptions.Optimizer), false, options => options with { Optimizer = OptimizerKind.AdamW }),
        (nameof(TrainingOptions.LearningRate), false, options => options with { LearningRate = 0.3 }),
        (nameof(TrainingOptions.Schedule), false, options => options with { Schedule = LearningRateSchedule.Plateau }),
        (nameof(TrainingOptions.WarmupSteps), false, options => options with { WarmupSteps = 9 }),
        (nameof(TrainingOptions.WeightDecay), false, options => options with { WeightDecay = 0.1 }),
        (nameof(TrainingOptions.ClipNorm), false, options => options with { ClipNorm = 1 }),
        (nameof(TrainingOptions.ClipValue), false, options => options with { ClipValue = 1 }),
        (nameof(TrainingOptions.EmaDecay), false, options => options with { EmaDecay = 0.5 }),
        (nameof(TrainingOptions.Dropout), false, options => options with { Dropout = 0.5 }),
        (nameof(TrainingOptions.ValidationShare), false, options => options with { ValidationShare = 0.5 }),
        (nameof(TrainingOptions.ValidationInterval), true, options => options with { ValidationInterval = 9 }),
        (nameof(TrainingOptions.MaxValidationTokens), false, options => options with { MaxValidationTokens = 0 }),
        (nameof(TrainingOptions.Patience), true, options => options with { Patience = 9 }),
        (nameof(TrainingOptions.TimeBudget), true, options => options with { TimeBudget = TimeSpan.FromMinutes(9) }),
        (nameof(TrainingOptions.Seed), false, options => options with { Seed = 1 }),
        (nameof(TrainingOptions.Threads), true, options => options with { Threads = 1 }),
        (nameof(TrainingOptions.DivergenceGuard), false, options => options with { DivergenceGuard = false }),
        (nameof(TrainingOptions.CheckpointInterval), true, options => options with { CheckpointInterval = TimeSpan.Zero }),
    ];

    private static readonly (string Name, Func<ModelSpec, ModelSpec> Change)[] ModelChanges =
    [
        (nameof(ModelSpec.Architecture), spec => spec with { Architecture = Architecture.Gru }),
        (nameof(ModelSpec.HiddenSize), spec => spec with { HiddenSize = 9 }),
        (nameof(ModelSpec.Layers), spec => spec with { Layers = 2 }),
        (nameof(ModelSpec.EmbeddingSize), spec => spec with { EmbeddingSize = 9 }),
        (nameof(ModelSpec.TiedEmbedding), spec => spec with { TiedEmbedding = true }),
        (nameof(ModelSpec.Residual), spec => spec with { Residual = true }),
        (nameof(ModelSpec.LayerNormalization), spec => spec with { LayerNormalization = true }),
        (nameof(ModelSpec.Window), spec => spec with { Window = 9 }),
        (nameof(ModelSpec.Gates), spec => spec with { Gates = GateActivation.Sigmoid }),
        (nameof(ModelSpec.ResetGate), spec => spec with { ResetGate = ResetGate.Before }),
        (nameof(ModelSpec.Activation), spec => spec with { Activation = Activation.Relu }),
        (nameof(ModelSpec.KernelSize), spec => spec with { KernelSize = 3 }),
    ];

    private readonly TemporaryFolder folder = new();

    public static TheoryData<string> TrainingOptionNames => [.. TrainingChanges.Select(change => change.Name)];

    public static TheoryData<string> ModelOptionNames => [.. ModelChanges.Select(change => change.Name)];

    private string FilePath => folder["options.json"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_Options_ReadBackEqual()
    {
        Begun.Write(FilePath);
        TrainingRunOptions read = TrainingRunOptions.Read(FilePath);
        Assert.Equal(Begun.Corpus, read.Corpus);
        Assert.Equal(Begun, read with { Corpus = Begun.Corpus });
        Assert.Contains("\n    \"gates\": \"hard-sigmoid\"", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Contains("諸子/*.txt", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Options_KeepsTheNamesOfTheFile()
    {
        Begun.Write(FilePath);
        string text = File.ReadAllText(FilePath);
        string[] names = ["formatVersion", "corpusSha256", "validationText", "preset", "from", "step", "warmUpSteps", "averagingDecay"];
        foreach (string name in names)
            Assert.Contains($"\"{name}\": ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OptionLeftOut_HasItsDefault()
    {
        Begun.Write(FilePath);
        string[] leftOut = ["batchSize", "window"];
        File.WriteAllLines(FilePath, File.ReadAllLines(FilePath).Where(line =>
            !leftOut.Any(name => line.Contains(name, StringComparison.Ordinal))));
        TrainingRunOptions read = TrainingRunOptions.Read(FilePath);
        Assert.Equal((128, 60), (read.Training.BatchSize, read.Model.Window));
    }

    [Fact]
    public void Read_TokenizerOrPartOfItLeftOut_HasItsDefault()
    {
        (Begun with { Tokenizer = new() { Kind = TokenizerKind.Words, MinimumCount = 5 } }).Write(FilePath);
        string text = File.ReadAllText(FilePath);
        Assert.Equal(new TokenizerOptions { Kind = TokenizerKind.Words, MinimumCount = 5 }, TrainingRunOptions.Read(FilePath).Tokenizer);
        File.WriteAllText(FilePath, text.Replace("\"vocabularySize\": 20000,", "", StringComparison.Ordinal));
        Assert.Equal(20_000, TrainingRunOptions.Read(FilePath).Tokenizer.VocabularySize);
        File.WriteAllText(FilePath, text.Replace("\"tokenizer\":", "\"other\":", StringComparison.Ordinal));
        Assert.Equal(new TokenizerOptions(), TrainingRunOptions.Read(FilePath).Tokenizer);
    }

    [Theory]
    [InlineData(SampleStyle.Excerpt, "\"sampleStyle\": \"excerpt\"")]
    [InlineData(SampleStyle.Notebook, "\"sampleStyle\": \"notebook\"")]
    [InlineData(null, "\"sampleStyle\": null")]
    public void Write_SampleStyle_ReadsBackAndMayBeLeftOut(SampleStyle? style, string line)
    {
        (Begun with { SampleStyle = style }).Write(FilePath);
        string text = File.ReadAllText(FilePath);
        Assert.Contains(line, text, StringComparison.Ordinal);
        Assert.Equal(style, TrainingRunOptions.Read(FilePath).SampleStyle);
        File.WriteAllText(FilePath, text.Replace("\"sampleStyle\":", "\"other\":", StringComparison.Ordinal));
        Assert.Null(TrainingRunOptions.Read(FilePath).SampleStyle);
        Begun.EnsureSameRun(Begun with { SampleStyle = style });
    }

    [Theory]
    [InlineData(GateActivation.Sigmoid)]
    [InlineData(GateActivation.HardSigmoid)]
    public void Write_Gru_ReadsBackWithItsGates(GateActivation gates)
    {
        (Begun with { Model = new() { Architecture = Architecture.Gru, Gates = gates } }).Write(FilePath);
        Assert.Equal(gates, TrainingRunOptions.Read(FilePath).Model.Gates);
        TrainingRunOptions.Read(FilePath).Write(FilePath);
        Assert.Equal(gates, TrainingRunOptions.Read(FilePath).Model.Gates);
    }

    [Fact]
    public void Write_ReluRnn_ReadsBackAndIsTanhIfLeftOut()
    {
        (Begun with { Model = new() { Architecture = Architecture.Rnn, Activation = Activation.Relu } }).Write(FilePath);
        string text = File.ReadAllText(FilePath);
        Assert.Contains("\"activation\": \"relu\",", text, StringComparison.Ordinal);
        Assert.Equal(Activation.Relu, TrainingRunOptions.Read(FilePath).Model.Activation);
        File.WriteAllText(FilePath, text.Replace("\"activation\": \"relu\",", "", StringComparison.Ordinal));
        Assert.Equal(Activation.Tanh, TrainingRunOptions.Read(FilePath).Model.Activation);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("2")]
    public void Read_OtherFormatVersion_IsRefused(string version)
    {
        Begun.Write(FilePath);
        string written = File.ReadAllText(FilePath);
        File.WriteAllText(
            FilePath, written.Replace("\"formatVersion\": 1", $"\"formatVersion\": {version}, \"new\": []", StringComparison.Ordinal));
        Assert.Contains(
            $"have format version {version}, but this version of Aphorist reads version 1.", ReadError(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"model\":1}")]
    [InlineData("{\"model\":{},\"model\":{}}")]
    [InlineData("{\"corpus\":[]}")]
    [InlineData("{\"formatVersion\":1,\"corpus\":[]}")]
    [InlineData("{\"formatVersion\":1,\"corpus\":[],\"corpusSha256\":null}")]
    [InlineData("{\"formatVersion\":1,\"corpus\":null,\"corpusSha256\":\"00\"}")]
    public void Read_DamagedFile_SaysSo(string text)
    {
        File.WriteAllText(FilePath, text);
        Assert.Contains("are damaged", ReadError(), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() => Assert.Contains("Cannot read the options", ReadError(), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(TrainingOptionNames))]
    public void EnsureSameRun_TrainingOptionChanged_IsRefusedIfItDecidesWhatAnEpochComputes(string name)
    {
        (_, bool mayChange, Func<TrainingOptions, TrainingOptions> change) = TrainingChanges.Single(option => option.Name == name);
        TrainingOptions training = change(Begun.Training);
        Assert.NotEqual(Begun.Training, training);
        AssertSame(Begun, Begun with { Training = training }, mayChange ? null : name);
        // A checkpoint knows nothing of presets.
        if (name != nameof(TrainingOptions.Preset)) AssertSame(IdentityOf(Begun.Training), IdentityOf(training), mayChange ? null : name);
    }

    [Theory]
    [MemberData(nameof(ModelOptionNames))]
    public void EnsureSameRun_ModelOptionChanged_IsRefused(string name)
    {
        ModelSpec model = ModelChanges.Single(option => option.Name == name).Change(Begun.Model);
        AssertSame(Begun, Begun with { Model = model }, name);
        AssertSame(IdentityOf(Begun.Training), IdentityOf(Begun.Training) with { Model = model }, name);
    }

    [Fact]
    public void EnsureSameRun_Changes_CoverEveryOption()
    {
        Assert.Equal(NamesOf<TrainingOptions>(), TrainingChanges.Select(change => change.Name).Order());
        Assert.Equal(NamesOf<ModelSpec>(), ModelChanges.Select(change => change.Name).Order());
    }

    [Fact]
    public void EnsureSameRun_PathOrEncodingOfTheCorpus_MayChange() =>
        Begun.EnsureSameRun(Begun with { Corpus = ["elsewhere"], Encoding = null });

    [Fact]
    public void EnsureSameRun_OtherValue_IsNamedWithBothValues()
    {
        AssertMessage("Seed 18446744073709551615, not with 1.", Begun with { Training = Begun.Training with { Seed = 1 } });
        AssertMessage("EmaDecay 0, not with 0.5.", Begun with { Training = Begun.Training with { EmaDecay = 0.5 } });
        AssertMessage("Gates hard-sigmoid, not with sigmoid.", Begun with { Model = Begun.Model with { Gates = GateActivation.Sigmoid } });
        AssertMessage("TiedEmbedding false, not with true.", Begun with { Model = Begun.Model with { TiedEmbedding = true } });
        AssertMessage("Lowercase true, not with false.", Begun with { Lowercase = false });
        AssertMessage("Tokenizer characters, not with words.", Begun with { Tokenizer = new() { Kind = TokenizerKind.Words } });
        AssertMessage("ValidationText none, not with held.txt.", Begun with { ValidationText = "held.txt" });
        AssertMessage(
            "The corpus is not the one that this run was started with: its SHA-256 is 01, not 00ff.", Begun with { CorpusSha256 = "01" });
    }

    [Fact]
    public void EnsureSameRun_ValidationText_IsComparedByItsContent()
    {
        TrainingRunOptions validated = Begun with { ValidationText = "held.txt", ValidationSha256 = "aa" };
        validated.EnsureSameRun(validated with { ValidationText = "moved.txt" });
        AssertMessage("The validation text is not the one", validated with { ValidationSha256 = "bb" }, validated);
        AssertMessage(
            "ValidationText held.txt, not with none", validated with { ValidationText = null, ValidationSha256 = null }, validated);
    }

    [Fact]
    public void EnsureSameRun_VocabularyOfWords_IsComparedForWordsOnly()
    {
        TrainingRunOptions words = Begun with { Tokenizer = new() { Kind = TokenizerKind.Words } };
        AssertMessage("VocabularySize 20000, not with 9", words with { Tokenizer = words.Tokenizer with { VocabularySize = 9 } }, words);
        AssertMessage("MinimumCount 2, not with 9", words with { Tokenizer = words.Tokenizer with { MinimumCount = 9 } }, words);
        Begun.EnsureSameRun(Begun with { Tokenizer = new() { VocabularySize = 9 } });
    }

    [Fact]
    public void Validate_CombinationsWithoutSense_AreRefused()
    {
        AssertInvalid(nameof(TrainingRunOptions.Corpus), Begun with { Corpus = [] });
        AssertInvalid(nameof(TrainingRunOptions.ValidationText), Begun with { Corpus = ["-"], ValidationText = "-" });
        AssertInvalid(nameof(TrainingOptions.ValidationInterval), Begun with { Training = Begun.Training with { ValidationInterval = 5 } });
        AssertInvalid(
            nameof(TrainingOptions.MaxValidationTokens), Begun with { Training = Begun.Training with { MaxValidationTokens = 5 } });
        AssertInvalid(nameof(TrainingOptions.Epochs), Begun with { Training = Begun.Training with { Epochs = 0 } });
        (Begun with { Training = Begun.Training with { ValidationInterval = 5 }, ValidationText = "held.txt" }).Validate();
    }

    [Fact]
    public void FromPreset_Quick_HasItsModelTrainingAndNormalization()
    {
        foreach (Preset preset in Preset.All)
        {
            TrainingRunOptions options = TrainingRunOptions.FromPreset(preset, "one.txt", "two.txt");
            Assert.Equal(["one.txt", "two.txt"], options.Corpus);
            Assert.Equal(
                (preset.Model, preset.Training, preset.Lowercase, preset.Name),
                (options.Model, options.Training, options.Lowercase, options.Preset));
        }
    }

    private static RunIdentity IdentityOf(TrainingOptions training) => RunIdentity.Create("00", null, Begun.Model, training);

    private static IEnumerable<string> NamesOf<T>() =>
        typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property =>
            property.CanWrite).Select(property => property.Name).Order();

    private static void AssertSame(TrainingRunOptions begun, TrainingRunOptions requested, string? refused) =>
        AssertRefused(() => begun.EnsureSameRun(requested), refused);

    private static void AssertSame(RunIdentity begun, RunIdentity requested, string? refused) =>
        AssertRefused(() => begun.EnsureSame(requested), refused);

    private static void AssertRefused(Action compare, string? refused)
    {
        InvalidOptionsException? error = Record.Exception(compare) as InvalidOptionsException;
        Assert.Equal(refused, error?.PropertyName);
        if (refused is not null) Assert.StartsWith($"This run was started with {refused} ", error!.Message, StringComparison.Ordinal);
    }

    private static void AssertMessage(string expected, TrainingRunOptions requested, TrainingRunOptions? begun = null) =>
        Assert.Contains(
            expected,
            Assert.Throws<InvalidOptionsException>(() => (begun ?? Begun).EnsureSameRun(requested)).Message,
            StringComparison.Ordinal);

    private static void AssertInvalid(string property, TrainingRunOptions options) =>
        Assert.Equal(property, Assert.Throws<InvalidOptionsException>(options.Validate).PropertyName);

    private string ReadError()
    {
        TrainingRunException error = Assert.Throws<TrainingRunException>(() => TrainingRunOptions.Read(FilePath));
        Assert.Equal(FilePath, error.Path);
        return error.Message;
    }
}
