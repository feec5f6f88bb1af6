using Aphorist.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>Compares a complete training step: create the batch, forward pass, loss, backward pass, RMSprop.</summary>
internal static class TrainingComparison
{
    private const int BatchCount = 8;

    public static Comparison Run(int rounds, int threads)
    {
        set_num_threads(threads);
        LanguageModel model = NotebookSetup.CreateModel();
        int[] ids = model.Tokenizer.Encode(NotebookSetup.Text);
        long[][] batches = NotebookSetup.Batches(BatchCount);
        using TorchModel torchModel = new(model);
        using RMSProp optimizer = optim.RMSProp(torchModel.parameters(), NotebookSetup.LearningRate, alpha: 0.9, eps: 1e-7);
        using TrainingStep step = new(model, ids, new TrainingOptions { BatchSize = NotebookSetup.BatchSize, Threads = threads });
        using Tensor corpus = torch.tensor(Array.ConvertAll(ids, id => (long)id));
        int ours = 0, theirs = 0;
        LossAgreement.Check(OurStep(), TheirStep());
        (double our, double their) = InterleavedTimer.Measure(rounds, seconds: 1, () => Once(OurStep), () => Once(TheirStep));
        return new Comparison($"training step: batch 128, window 60, 57 characters, LSTM 128; {threads} threads", "step", our, their);

        double OurStep() =>
            step.Run(batches[ours++ % BatchCount], model.Spec.Window, number: 1, NotebookSetup.LearningRate).Loss / NotebookSetup.BatchSize;
        double TheirStep() => TorchStep(torchModel, optimizer, corpus, batches[theirs++ % BatchCount]);
    }

    private static int Once(Func<double> step)
    {
        step();
        return 1;
    }

    private static double TorchStep(TorchModel model, RMSProp optimizer, Tensor corpus, long[] starts)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor offsets = torch.tensor(starts).unsqueeze(1);
        Tensor windows = corpus[offsets + arange(NotebookSetup.Spec.Window)];
        Tensor targets = corpus[offsets.squeeze(1) + NotebookSetup.Spec.Window];
        optimizer.zero_grad();
        Tensor loss = nn.functional.cross_entropy(model.Logits(windows), targets);
        loss.backward();
        optimizer.step();
        return loss.item<float>();
    }
}
