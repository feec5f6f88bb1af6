// Trains a model on a built-in corpus in all processes that a launcher starts: mpiexec -n 4 Cluster

using Aphorist;
using Aphorist.Distributed;
using Aphorist.Training;

try
{
    return await MpiProcessGroup.RunAsync(TrainAsync);
}
catch (ProcessGroupException exception)
{
    Console.Error.WriteLine(exception.Message);
    return 2;
}

static async Task<int> TrainAsync(MpiProcessGroup processes)
{
    // Every process makes the same calls. Rank 0 writes: to the console and to files.
    bool writes = processes.Rank == 0;
    Corpus corpus = await Corpus.OpenAsync("fables");
    LanguageModel model = LanguageModel.Create(ModelSpec.Quick, Tokenizer.Create(corpus));
    TrainingOptions options = TrainingOptions.Quick with { BatchSize = 64 }; // four shards, for four processes

    await foreach (TrainingEvent e in new Trainer(model, corpus, options, processes: processes).RunAsync())
        if (writes && e is EpochCompleted epoch) Console.WriteLine($"epoch {epoch.Epoch}: loss {epoch.Loss:F3}");

    if (writes) model.Save("fables.safetensors");
    return 0;
}
