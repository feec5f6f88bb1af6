using Aphorist.Training;
using Xunit;

namespace Aphorist.Tests.Training.Runs;

public sealed class RunOptionsTests : IDisposable
{
    private static readonly RunOptions Begun = new()
    {
        Corpus = ["nietzsche", "諸子/*.txt"],
        CorpusSha256 = "00ff",
        Encoding = "gb18030",
        Lowercase = true,
        Preset = "notebook",
        Model = ModelSpec.Notebook,
        Training = TrainingOptions.Notebook with { LearningRate = 0.1 + 0.2, Seed = ulong.MaxValue, Threads = 3, CheckpointInterval = TimeSpan.FromSeconds(1.5) },
    };

    private readonly TemporaryFolder folder = new();

    private string FilePath => folder["options.json"];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Write_Options_ReadBackEqual()
    {
        Begun.Write(FilePath);
        RunOptions read = RunOptions.Read(FilePath);
        Assert.Equal(Begun.Corpus, read.Corpus);
        Assert.Equal(Begun, read with { Corpus = Begun.Corpus });
        Assert.Contains("\n    \"gates\": \"hard-sigmoid\"", File.ReadAllText(FilePath), StringComparison.Ordinal);
        Assert.Contains("諸子/*.txt", File.ReadAllText(FilePath), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OptionLeftOut_HasItsDefault()
    {
        Begun.Write(FilePath);
        string[] lines = [.. File.ReadAllLines(FilePath).Where(line => !line.Contains("batchSize", StringComparison.Ordinal) && !line.Contains("window", StringComparison.Ordinal))];
        File.WriteAllLines(FilePath, lines);
        RunOptions read = RunOptions.Read(FilePath);
        Assert.Equal((128, 60), (read.Training.BatchSize, read.Model.Window));
    }

    [Fact]
    public void Read_TokenizerOrPartOfItLeftOut_HasItsDefault()
    {
        (Begun with { Tokenizer = new() { Kind = TokenizerKind.Words, MinimumCount = 5 } }).Write(FilePath);
        string text = File.ReadAllText(FilePath);
        Assert.Equal(new TokenizerOptions { Kind = TokenizerKind.Words, MinimumCount = 5 }, RunOptions.Read(FilePath).Tokenizer);
        File.WriteAllText(FilePath, text.Replace("\"vocabularySize\": 20000,", "", StringComparison.Ordinal));
        Assert.Equal(20_000, RunOptions.Read(FilePath).Tokenizer.VocabularySize);
        File.WriteAllText(FilePath, text.Replace("\"tokenizer\":", "\"other\":", StringComparison.Ordinal));
        Assert.Equal(new TokenizerOptions(), RunOptions.Read(FilePath).Tokenizer);
    }

    /// <summary>Once the gates of all layers were recorded as an LSTM's, and counted for LSTMs alone.</summary>
    [Theory]
    [InlineData(Architecture.Lstm, GateActivation.HardSigmoid)]
    [InlineData(Architecture.Gru, GateActivation.Sigmoid)]
    [InlineData(Architecture.Convolution, GateActivation.Sigmoid)]
    public void Read_OptionsOfAnEarlierVersion_HaveTheGatesThatCounted(Architecture architecture, GateActivation expected)
    {
        ModelSpec spec = new() { Architecture = architecture, Gates = GateActivation.HardSigmoid };
        (Begun with { Model = spec }).Write(FilePath);
        Change("  \"formatVersion\": 1,\n", "");

        Assert.Equal(spec with { Gates = expected }, RunOptions.Read(FilePath).Model);
    }

    [Theory]
    [InlineData(GateActivation.Sigmoid)]
    [InlineData(GateActivation.HardSigmoid)]
    public void Write_Gru_ReadsBackWithItsGates(GateActivation gates)
    {
        (Begun with { Model = new() { Architecture = Architecture.Gru, Gates = gates } }).Write(FilePath);
        Assert.Equal(gates, RunOptions.Read(FilePath).Model.Gates);
        RunOptions.Read(FilePath).Write(FilePath);
        Assert.Equal(gates, RunOptions.Read(FilePath).Model.Gates);
    }

    [Fact]
    public void Read_OptionsOfALaterVersion_AreRefused()
    {
        Begun.Write(FilePath);
        Change("\"formatVersion\": 1", "\"formatVersion\": 2");
        Assert.Contains("have the format version 2 and this program reads up to 1: update Aphorist", Assert.Throws<IOException>(() => RunOptions.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"model\":1}")]
    [InlineData("{\"model\":{},\"model\":{}}")]
    [InlineData("{\"corpus\":[]}")]
    public void Read_DamagedFile_SaysSo(string text)
    {
        File.WriteAllText(FilePath, text);
        Assert.Contains("are damaged", Assert.ThrowsAny<IOException>(() => RunOptions.Read(FilePath)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingFile_SaysSo() =>
        Assert.Contains("Cannot read the options", Assert.ThrowsAny<IOException>(() => RunOptions.Read(FilePath)).Message, StringComparison.Ordinal);

    [Fact]
    public void EnsureSame_OnlyWhatChangesNothing_IsAccepted() =>
        Begun.EnsureSame(Begun with { Corpus = ["elsewhere"], Training = Begun.Training with { Epochs = 99, Threads = 1, CheckpointInterval = TimeSpan.Zero } });

    [Fact]
    public void EnsureSame_AnythingElse_NamesIt()
    {
        AssertNames("--seed 18446744073709551615, not with 1", Begun with { Training = Begun.Training with { Seed = 1 } });
        AssertNames("--step", Begun with { Training = Begun.Training with { Stride = 1 } });
        AssertNames("--batch", Begun with { Training = Begun.Training with { BatchSize = 1 } });
        AssertNames("--learning-rate", Begun with { Training = Begun.Training with { LearningRate = 0.3 } });
        AssertNames("--average 0, not with 0.5", Begun with { Training = Begun.Training with { EmaDecay = 0.5 } });
        AssertNames("--validation", Begun with { Training = Begun.Training with { ValidationShare = 0.5 } });
        AssertNames("--divergence-guard", Begun with { Training = Begun.Training with { DivergenceGuard = false } });
        AssertNames("--kernel 2, not with 3", Begun with { Model = Begun.Model with { KernelSize = 3 } });
        AssertNames("--hidden", Begun with { Model = Begun.Model with { HiddenSize = 1 } });
        AssertNames("--window", Begun with { Model = Begun.Model with { Window = 1 } });
        AssertNames("--gates hard-sigmoid, not with sigmoid", Begun with { Model = Begun.Model with { Gates = GateActivation.Sigmoid } });
        AssertNames("--tied false, not with true", Begun with { Model = Begun.Model with { TiedEmbedding = true } });
        AssertNames("--residual false, not with true", Begun with { Model = Begun.Model with { Residual = true } });
        AssertNames("--layer-normalization false, not with true", Begun with { Model = Begun.Model with { LayerNormalization = true } });
        AssertNames("--reset after, not with before", Begun with { Model = Begun.Model with { ResetGate = ResetGate.Before } });
        AssertNames("--tokenizer characters, not with words", Begun with { Tokenizer = new() { Kind = TokenizerKind.Words } });
        AssertNames("--lowercase true", Begun with { Lowercase = false });
        AssertNames("--preset", Begun with { Preset = "other" });
        AssertNames("The corpus is not the one", Begun with { CorpusSha256 = "01" });
        AssertNames("--validation-text none, not with held.txt", Begun with { ValidationText = "held.txt" });
    }

    [Fact]
    public void EnsureSame_ValidationText_IsToldByItsContent()
    {
        RunOptions measured = Begun with { ValidationText = "held.txt", ValidationSha256 = "aa" };
        measured.EnsureSame(measured with { ValidationText = "moved.txt" });
        AssertNames("The validation text is not the one", measured with { ValidationSha256 = "bb" }, measured);
        AssertNames("--validation-text held.txt, not with none", measured with { ValidationText = null, ValidationSha256 = null }, measured);
    }

    [Fact]
    public void EnsureSame_OtherVocabularyOfWords_NamesIt()
    {
        RunOptions words = Begun with { Tokenizer = new() { Kind = TokenizerKind.Words } };
        AssertNames("--vocabulary-size 20000, not with 9", words with { Tokenizer = words.Tokenizer with { VocabularySize = 9 } }, words);
        AssertNames("--minimum-count 2, not with 9", words with { Tokenizer = words.Tokenizer with { MinimumCount = 9 } }, words);
        Begun.EnsureSame(Begun with { Tokenizer = new() { VocabularySize = 9 } });
    }

    private void Change(string text, string other)
    {
        string written = File.ReadAllText(FilePath);
        Assert.Contains(text, written, StringComparison.Ordinal);
        File.WriteAllText(FilePath, written.Replace(text, other, StringComparison.Ordinal));
    }

    private static void AssertNames(string option, RunOptions requested, RunOptions? begun = null) =>
        Assert.Contains(option, Assert.Throws<ArgumentException>(() => (begun ?? Begun).EnsureSame(requested)).Message, StringComparison.Ordinal);
}
