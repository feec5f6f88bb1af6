using Aphorist.Inspection;
using Aphorist.Studio.Hosting;
using Aphorist.Studio.Learn;
using Aphorist.Tests;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Xunit;
using TestContext = Xunit.TestContext;

namespace Aphorist.Studio.Tests.Learn;

public sealed class LessonTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Workspace workspace;
    private readonly Tour tour;

    public LessonTests()
    {
        workspace = Workspace.Open(folder.Path);
        tour = new Tour(workspace) { Epochs = 1 };
    }

    public void Dispose()
    {
        tour.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Start_Watched_TrainsFromNoiseAndKeepsTheModel()
    {
        Lesson lesson = await tour.OpenAsync(Language.English);
        Assert.Null(lesson.Trained);
        await TrainAsync(lesson);
        LessonTraining training = lesson.Training;
        Assert.Equal((1, null), (training.Share, training.Failure));
        Assert.True(training.Losses.Count > 0);
        Assert.Equal(0, training.Samples[0].Batches);
        Assert.All(training.Samples, sample => Assert.StartsWith("The fox ", sample.Text));
        Assert.True(LossOf(lesson.Trained!, lesson) < LossOf(lesson.Untrained, lesson) - 1);

        // After a restart it is there, and so are its cells.
        using Tour restarted = new(workspace);
        Lesson again = await restarted.OpenAsync(Language.English);
        Assert.Equal(LossOf(lesson.Trained!, lesson), LossOf(again.Trained!, again));
        CellInspection cells = again.InspectCells();
        Assert.Equal((128, 1000), (cells.Units, cells.TokenCount > 1000 ? cells.Pieces.Count : 0));
    }

    [Fact]
    public async Task Stop_Training_LeavesNoModel()
    {
        tour.Epochs = 1000;
        Lesson lesson = await tour.OpenAsync(Language.Chinese);
        TaskCompletionSource hasEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watcher = lesson.Watch(() =>
        {
            if (!lesson.Training.IsTraining) hasEnded.TrySetResult();
            else if (lesson.Training.Share > 0) lesson.Stop();
        });
        lesson.Start();
        await hasEnded.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Null(lesson.Trained);
        Assert.Null(lesson.Training.Failure);
    }

    [Fact]
    public async Task Start_WhileAStoppedTrainingEnds_TrainsAgain()
    {
        tour.Epochs = 1000;
        Lesson lesson = await tour.OpenAsync(Language.English);
        TaskCompletionSource hasBegunAgain = new(TaskCreationOptions.RunContinuationsAsynchronously);
        bool wasStopped = false;
        using IDisposable watcher = lesson.Watch(() =>
        {
            if (!lesson.Training.IsTraining)
            {
                hasBegunAgain.TrySetException(new InvalidOperationException("The lesson is not trained again."));
            }
            else if (!wasStopped && lesson.Training.Share > 0)
            {
                wasStopped = true;
                lesson.Stop();
                lesson.Start();
            }
            else if (wasStopped && lesson.Training is { Share: 0, Samples.Count: 1 })
            {
                hasBegunAgain.TrySetResult();
            }
        });
        lesson.Start();
        await hasBegunAgain.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Progress_TrainingWasStopped_OffersToTrain()
    {
        tour.Epochs = 1000;
        Lesson lesson = await tour.OpenAsync(Language.English);
        using BunitContext context = new();
        context.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        IRenderedComponent<LessonProgress> progress =
            context.Render<LessonProgress>(parameters => parameters.Add(step => step.Lesson, lesson));
        await progress.Find("button").ClickAsync(new MouseEventArgs());
        Assert.True(lesson.Training.IsTraining);
        Assert.NotNull(progress.Find("progress"));
        lesson.Stop();
    }

    [Fact]
    public async Task Watch_EverybodyLeaves_EndsTraining()
    {
        tour.Epochs = 1000;
        Lesson lesson = await tour.OpenAsync(Language.English);
        IDisposable first = lesson.Watch(() => { }), second = lesson.Watch(() => { });
        lesson.Start();
        first.Dispose();
        second.Dispose();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        while (lesson.Training.IsTraining) await Task.Delay(50, limit.Token);
        Assert.Null(lesson.Trained);
    }

    [Fact]
    public async Task Open_DamagedModel_IsTrainedAgain()
    {
        folder.Write(".studio/lessons/fables.safetensors", "no model");
        Lesson lesson = await tour.OpenAsync(Language.English);
        Assert.Null(lesson.Trained);
        await TrainAsync(lesson);
        Assert.NotNull(lesson.Trained);
    }

    [Fact]
    public void NextCharacters_Temperature_ReshapesTheProbabilities()
    {
        LanguageModel model = LanguageModel.Create(new ModelSpec { HiddenSize = 8 }, CharacterTokenizer.FromCharacters("abc "), seed: 1);
        IReadOnlyList<(string Character, double Probability)> plain = NextCharacters.Of(model, "a?b", 4);
        IReadOnlyList<(string Character, double Probability)> cold = NextCharacters.Of(model, "ab", 4, temperature: 0.5);
        Assert.Equal(1, plain.Sum(bar => bar.Probability), 1e-9);
        double sum = plain.Sum(bar => bar.Probability * bar.Probability);
        Assert.Equal(plain.Select(bar => bar.Character), cold.Select(bar => bar.Character));
        Assert.Equal(plain.Select(bar => bar.Probability * bar.Probability / sum), cold.Select(bar => bar.Probability), IsClose);
    }

    private static bool IsClose(double left, double right) => Math.Abs(left - right) < 1e-9;

    private static async Task TrainAsync(Lesson lesson)
    {
        TaskCompletionSource hasEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using IDisposable watcher = lesson.Watch(() =>
        {
            if (!lesson.Training.IsTraining) hasEnded.TrySetResult();
        });
        lesson.Start();
        await hasEnded.Task.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
    }

    private static double LossOf(LanguageModel model, Lesson lesson) =>
        new TextGenerator(model, GenerationMode.Stateful).Score(lesson.Corpus.Text[..500]).LossPerToken;
}
