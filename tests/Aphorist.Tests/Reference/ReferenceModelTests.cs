using Aphorist.Reference;
using Xunit;

namespace Aphorist.Tests.Reference;

/// <summary>Identities of the reference model that hold for all parameters.</summary>
public sealed class ReferenceModelTests
{
    [Theory]
    [InlineData(ReferenceArchitecture.Lstm)]
    [InlineData(ReferenceArchitecture.Gru)]
    [InlineData(ReferenceArchitecture.GruResetBefore)]
    [InlineData(ReferenceArchitecture.Convolution)]
    [InlineData(ReferenceArchitecture.Rnn)]
    public void FinalStates_StreamInPieces_GivesTheLossOfTheWhole(ReferenceArchitecture architecture)
    {
        ReferenceCase random = new(ReferenceCase.Small(architecture), seed: 1);
        ReferenceModel model = random.Model();
        ReferenceBatch whole = random.Stream(rows: 2, steps: 7), first = Steps(whole, 0, 3);
        ReferenceBatch second = Steps(whole, 3, 7) with { States = model.FinalStates(first) };
        Assert.Equal(model.Loss(whole), model.Loss(first) + model.Loss(second), 1e-12);
        Assert.Equal(model.FinalStates(whole), model.FinalStates(second));
    }

    [Theory]
    [InlineData(ReferenceArchitecture.Lstm, "lstm")]
    [InlineData(ReferenceArchitecture.Gru, "gru")]
    [InlineData(ReferenceArchitecture.Rnn, "rnn")]
    public void Loss_Masks_ScaleTheColumnsThatReadTheOutputs(ReferenceArchitecture architecture, string prefix)
    {
        ReferenceCase random = new(ReferenceCase.Small(architecture), seed: 2);
        ReferenceModel model = random.Model();
        ReferenceBatch batch = random.Stream(rows: 1, steps: 4);
        double expected = model.Loss(batch);
        ScaleColumns(model.Parameters[$"{prefix}.weight_ih_l1"], batch.Masks![0][0]);
        ScaleColumns(model.Parameters["decoder.weight"], batch.Masks[0][1]);
        Assert.Equal(expected, model.Loss(batch with { Masks = null }), 1e-12);
    }

    [Fact]
    public void Loss_Embedding_IsAFactorOfTheFirstKernel()
    {
        ReferenceCase random = new(ReferenceCase.Small(ReferenceArchitecture.Lstm, embeddingSize: 3), seed: 3);
        ReferenceModel model = random.Model();
        ReferenceParameters tokens = new(model.Spec with { EmbeddingSize = 0 });
        foreach ((string name, double[] values) in tokens.Tensors)
            if (name != "lstm.weight_ih_l0") model.Parameters[name].CopyTo(values, 0);
        double[] kernel = model.Parameters["lstm.weight_ih_l0"];
        double[] transposed = Transpose(model.Parameters["embedding.weight"], rows: 5, columns: 3);
        MatrixProduct.Multiply(kernel, transposed, rows: 16, columns: 5, depth: 3).CopyTo(tokens["lstm.weight_ih_l0"], 0);
        ReferenceBatch batch = random.Windows(rows: 3, steps: 4);
        Assert.Equal(model.Loss(batch), new ReferenceModel(tokens).Loss(batch), 1e-12);
    }

    [Fact]
    public void Logits_Window_AreWhatTheLossIsOf()
    {
        ReferenceCase random = new(ReferenceCase.Small(ReferenceArchitecture.Gru), seed: 4);
        ReferenceModel model = random.Model();
        ReferenceBatch batch = random.Windows(rows: 1, steps: 4);
        Assert.Equal(Softmax.CrossEntropy(model.Logits(batch.Tokens[0]), batch.Targets[0][0]), model.Loss(batch));
        Assert.Equal(model.Parameters["decoder.bias"], model.Logits([]));
    }

    private static ReferenceBatch Steps(ReferenceBatch batch, int first, int end) => batch with
    {
        Tokens = [.. batch.Tokens.Select(row => row[first..end])],
        Targets = [.. batch.Targets.Select(row => row[first..end])],
    };

    private static void ScaleColumns(double[] matrix, double[] factors)
    {
        for (int index = 0; index < matrix.Length; index++) matrix[index] *= factors[index % factors.Length];
    }

    private static double[] Transpose(double[] matrix, int rows, int columns) =>
        [.. Enumerable.Range(0, matrix.Length).Select(index => matrix[index % rows * columns + index / rows])];
}
