using System.Diagnostics;
using System.Globalization;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Trains the GPT with libtorch and prints the validation loss over the training time.</summary>
internal sealed class GptTraining : IDisposable
{
    private const int Interval = 100;
    private const int EvaluationBatch = 64;

    private readonly GptData data;
    private readonly GptModel model;
    private readonly AdamW optimizer;
    private readonly Stopwatch clock = new();
    private int iteration;

    private GptTraining(GptData data)
    {
        this.data = data;
        model = new GptModel(data.VocabularySize);
        optimizer = model.CreateOptimizer();
    }

    /// <param name="path">The path of the text.</param>
    /// <param name="seconds">The training time without evaluation. If null, training ends with the learning rate schedule.</param>
    /// <param name="threads">The number of threads that libtorch uses.</param>
    public static void Run(string path, int? seconds, int threads)
    {
        set_num_threads(threads);
        manual_seed(1);
        Console.Write(Machine.Description());
        using GptData data = new(path);
        using GptTraining training = new(data);
        training.PrintHeader(path, threads);
        training.Train(seconds);
    }

    public void Dispose()
    {
        optimizer.Dispose();
        model.Dispose();
    }

    private void Train(int? seconds)
    {
        PrintLine(trainingLoss: null);
        while (!IsOver(seconds))
        {
            int start = iteration;
            double sum = 0;
            do sum += TimedStep();
            while (iteration % Interval != 0 && !IsOver(seconds));
            PrintLine(sum / (iteration - start));
        }
    }

    private bool IsOver(int? seconds) => seconds is null ? iteration == GptSettings.Iterations : clock.Elapsed.TotalSeconds >= seconds;

    private double TimedStep()
    {
        clock.Start();
        double loss = Step();
        clock.Stop();
        iteration++;
        return loss;
    }

    /// <summary>Runs one iteration, the only work that is timed. Returns the loss of the batch before the update.</summary>
    private double Step()
    {
        using DisposeScope scope = NewDisposeScope();
        foreach (optim.ILearningRateController group in optimizer.ParamGroups) group.LearningRate = GptSettings.RateAt(iteration);
        optimizer.zero_grad();
        Tensor loss = model.Loss(data.Batch());
        loss.backward();
        nn.utils.clip_grad_norm_(model.parameters(), GptSettings.GradientClip);
        optimizer.step();
        return loss.item<float>();
    }

    /// <summary>Returns the mean loss in nats over the whole validation set.</summary>
    private double Evaluate()
    {
        using IDisposable mode = inference_mode();
        double sum = 0;
        long count = 0;
        foreach (Tensor batch in data.ValidationBatches(EvaluationBatch))
        {
            using DisposeScope scope = NewDisposeScope();
            sum += model.Loss(batch).item<float>() * batch.shape[0];
            count += batch.shape[0];
            batch.Dispose();
        }

        return sum / count;
    }

    private void PrintHeader(string path, int threads)
    {
        long parameters = model.parameters().Sum(parameter => parameter.numel());
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            GPT with {parameters:N0} parameters, {threads} threads.
            {Path.GetFileName(path)}: {data.TrainingLength:N0} training characters, {data.ValidationLength:N0} validation characters.
            Losses are in nats per character. The time does not include evaluation.

            | iteration | training time in s | mean training loss since the previous row | validation loss |
            | ---: | ---: | ---: | ---: |
            """));
    }

    private void PrintLine(double? trainingLoss) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {iteration} | {clock.Elapsed.TotalSeconds:F1} | {trainingLoss:F4} | {Evaluate():F4} |"));
}
