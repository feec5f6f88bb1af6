using System.Globalization;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Messages and the numbers in them are in English in every culture.</summary>
public sealed class CultureTests : IDisposable
{
    private readonly CultureInfo usual = CultureInfo.CurrentCulture;
    private readonly TemporaryFolder temporary = new();

    // Made here, since some systems have no other cultures than the invariant one.
    public CultureTests()
    {
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (comma.NumberFormat.NumberDecimalSeparator, comma.NumberFormat.NumberGroupSeparator, comma.NumberFormat.NegativeSign) = (
            ",", ".", "\u2212");
        CultureInfo.CurrentCulture = comma;
    }

    public void Dispose()
    {
        CultureInfo.CurrentCulture = usual;
        temporary.Dispose();
    }

    [Fact]
    public void Trainer_OptionOutOfRangeUnderACommaCulture_WritesAPoint()
    {
        AssertSays("Dropout is 1.5.", () => Trainer(TinyTraining.Options with { Dropout = 1.5 }));
        AssertSays("LearningRate is -0.01.", () => Trainer(TinyTraining.Options with { LearningRate = -0.01 }));
        AssertSays("EmaDecay is 1.5.", () => Trainer(TinyTraining.Options with { EmaDecay = 1.5 }));
        AssertSays("ValidationShare of 0.9999 of", () => Trainer(TinyTraining.Options with { ValidationShare = 0.9999 }));
    }

    [Fact]
    public void Create_LayersOrKernelOutOfRangeUnderACommaCulture_WritesAHyphen()
    {
        AssertSays("Layers is -1;", () => LanguageModel.Create(new() { Layers = -1 }, TinyTraining.Model().Tokenizer));
        ModelSpec spec = new() { Architecture = Architecture.Convolution, KernelSize = -3 };
        AssertSays("KernelSize is -3;", () => LanguageModel.Create(spec, TinyTraining.Model().Tokenizer));
    }

    [Fact]
    public void Evaluate_OptionOutOfRangeUnderACommaCulture_WritesAPoint()
    {
        LanguageModel model = TinyTraining.Model();
        AssertSays("TailShare is 1.5.", () => Evaluate(1.5));
        AssertSays("The last 0.01 % of them", () => Evaluate(0.0001));

        Evaluation Evaluate(double share) =>
            model.Evaluate(TinyTraining.Corpus, new() { TailShare = share }, TestContext.Current.CancellationToken);
    }

    [Fact]
    public void EnsureSameRun_OtherRateUnderACommaCulture_WritesPoints()
    {
        TrainingRunOptions begun = new() { Corpus = [], CorpusSha256 = "", Training = TrainingOptions.Notebook };
        AssertSays("0.01, not with 0.25", () => begun.EnsureSameRun(begun with { Training = new() { LearningRate = 0.25 } }));
    }

    [Fact]
    public async Task RunAsync_OtherRateThanTheCheckpointUnderACommaCulture_WritesPoints()
    {
        RunFolder folder = RunFolder.Create(temporary["run"]);
        await TinyTraining.RunAsync(TinyTraining.Options with { Epochs = 1 }, folder);
        InvalidOptionsException error = await Assert.ThrowsAsync<InvalidOptionsException>(
            () => TinyTraining.RunAsync(TinyTraining.Options with { LearningRate = 0.25 }, folder));
        Assert.Contains("LearningRate 0.01, not with 0.25.", error.Message, StringComparison.Ordinal);
    }

    private static Trainer Trainer(TrainingOptions options) => new Trainer(TinyTraining.Model(), TinyTraining.Corpus, options);

    private static void AssertSays(string part, Func<object> call) =>
        Assert.Contains(part, Assert.ThrowsAny<AphoristException>(call).Message, StringComparison.Ordinal);

    private static void AssertSays(string part, Action call) =>
        Assert.Contains(part, Assert.ThrowsAny<AphoristException>(call).Message, StringComparison.Ordinal);
}
