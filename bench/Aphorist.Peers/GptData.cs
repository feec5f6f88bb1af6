using TorchSharp;
using static TorchSharp.torch;

namespace Aphorist.Peers;

/// <summary>A text as ids, split into a training set and a validation set at its end.</summary>
internal sealed class GptData : IDisposable
{
    private readonly Tensor training;
    private readonly Tensor validation;

    public GptData(string path)
    {
        string text = File.ReadAllText(path);
        CharacterTokenizer tokenizer = CharacterTokenizer.FromCharacters(text);
        VocabularySize = tokenizer.VocabularySize;
        using Tensor ids = torch.tensor(Array.ConvertAll(tokenizer.Encode(text), id => (long)id));
        long split = (long)(ids.shape[0] * (1 - GptSettings.Validation));
        (training, validation) = (ids[..(int)split].clone(), ids[(int)split..].clone());
        if (validation.shape[0] <= GptSettings.Block)
            throw new InvalidDataException($"{path} is too short to hold out a block of {GptSettings.Block} characters.");
    }

    public int VocabularySize { get; }

    public long TrainingLength => training.shape[0];

    public long ValidationLength => validation.shape[0];

    /// <summary>Returns random windows [batch, block + 1] of the training set.</summary>
    public Tensor Batch()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor starts = randint(TrainingLength - GptSettings.Block, [GptSettings.Batch, 1], ScalarType.Int64);
        return training[starts + arange(GptSettings.Block + 1)].MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Returns the validation set as batches of consecutive windows [at most <paramref name="size"/>, block + 1]. Each window starts with
    /// the last character of the previous one. An incomplete block at the end is omitted.
    /// </summary>
    public IEnumerable<Tensor> ValidationBatches(int size)
    {
        using Tensor windows = validation.unfold(0, GptSettings.Block + 1, GptSettings.Block);
        foreach (Tensor batch in windows.split(size)) yield return batch;
    }

    public void Dispose()
    {
        training.Dispose();
        validation.Dispose();
    }
}
