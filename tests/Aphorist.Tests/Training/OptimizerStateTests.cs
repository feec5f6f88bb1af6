using Aphorist.Tests.Model;
using Aphorist.Training;
using Aphorist.Training.Runs;
using Xunit;

namespace Aphorist.Tests.Training;

/// <summary>Training that continues with an imported optimizer state gives the same result as uninterrupted training.</summary>
public sealed class OptimizerStateTests
{
    private const int Batch = 20, Steps = 4;

    [Theory]
    [InlineData(OptimizerKind.RmsProp)]
    [InlineData(OptimizerKind.Adam)]
    [InlineData(OptimizerKind.AdamW)]
    [InlineData(OptimizerKind.Sgd)]
    public void TryContinueFrom_StateAfterSomeSteps_GivesTheSameBits(OptimizerKind kind)
    {
        TrainingOptions options = new() { BatchSize = Batch, Threads = 1, Optimizer = kind, WeightDecay = 0.01 };
        LanguageModel model = ModelPair.Initial(12, 17, 8, GateActivation.Sigmoid).Engine;
        RandomBatch batch = new(model, Batch);
        using TrainingStep step = new(model, batch.Ids, options);
        Run(step, batch, first: 1);
        LanguageModel stopped = LanguageModel.Create(model.Spec, model.Tokenizer);
        model.Parameters.Values.CopyTo(stopped.Parameters.Values);
        OptimizerState state = StateOf(model, step);
        using TrainingStep resumed = new(stopped, batch.Ids, options);

        Assert.True(resumed.TryContinueFrom(state));
        Run(step, batch, first: Steps + 1);
        Run(resumed, batch, first: 1);

        Assert.Equal(model.Parameters.Values, stopped.Parameters.Values);
    }

    [Fact]
    public void TryContinueFrom_StateOfAnotherKind_BeginsAnew()
    {
        LanguageModel model = TinyTraining.Model();
        using TrainingStep step = new(model, TinyTraining.Ids(model), TinyTraining.Options);

        Assert.False(step.TryContinueFrom(State(model, OptimizerState.AdamMean, OptimizerState.AdamMeanSquare)));
        Assert.Equal(-1, step.Moments[0].Values.Span.IndexOfAnyExcept(0f));
    }

    [Fact]
    public async Task RunAsync_ModelWithState_LearnsOtherwiseAndSavesNone()
    {
        LanguageModel model = TinyTraining.Model(), plain = TinyTraining.Model();
        model.OptimizerState = State(model, OptimizerState.RmsPropMeanSquare);

        await TinyTraining.RunAsync(model, TinyTraining.Options);
        await TinyTraining.RunAsync(plain, TinyTraining.Options);

        Assert.Null(model.OptimizerState);
        Assert.NotEqual(plain.Parameters.Values.ToArray(), model.Parameters.Values.ToArray());
    }

    [Fact]
    public async Task RunAsync_StoppedAndResumed_KeepsTheStepsBefore()
    {
        TrainingOptions options = TinyTraining.CheckpointEveryBatch with { Optimizer = OptimizerKind.Adam };
        using TemporaryFolder files = new();
        LanguageModel whole = Begun(), stopped = Begun();
        await TinyTraining.RunAsync(whole, options);
        RunFolder folder = RunFolder.Create(files["run"]);
        using CancellationTokenSource cancellation = new();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TinyTraining.RunAsync(stopped, options, folder, happened =>
        {
            if (happened is CheckpointSaved) cancellation.Cancel();
        }, cancellation));

        LanguageModel resumed = Begun();
        await TinyTraining.RunAsync(resumed, options, folder);

        Assert.Equal(whole.Parameters.Values, resumed.Parameters.Values);

        static LanguageModel Begun()
        {
            LanguageModel model = TinyTraining.Model();
            model.OptimizerState = State(model, OptimizerState.AdamMean, OptimizerState.AdamMeanSquare);
            return model;
        }
    }

    private static void Run(TrainingStep step, RandomBatch batch, int first)
    {
        for (int number = first; number < first + Steps; number++) step.Run(batch.Starts, 8, number, 0.01f);
    }

    private static OptimizerState StateOf(LanguageModel model, TrainingStep step)
    {
        OptimizerState state = new(model, Steps, [.. step.Moments.Select(moment => moment.Name)]);
        for (int moment = 0; moment < state.Moments.Count; moment++) step.Moments[moment].Values.Span.CopyTo(
            state.GetValues(moment).Values);
        return state;
    }

    /// <summary>A state of 50 steps in which every value is a small positive number of its own.</summary>
    private static OptimizerState State(LanguageModel model, params string[] moments)
    {
        OptimizerState state = new(model, 50, moments);
        for (int moment = 0; moment < moments.Length; moment++)
        {
            Span<float> values = state.GetValues(moment).Values;
            for (int place = 0; place < values.Length; place++) values[place] = 1e-3f * (moment + 1) * (1 + place % 7);
        }

        return state;
    }
}
