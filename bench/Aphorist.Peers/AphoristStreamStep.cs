using Aphorist.Training;

namespace Aphorist.Peers;

/// <summary>The training step of Aphorist.</summary>
internal sealed class AphoristStreamStep : IStreamStep
{
    private readonly StreamShape shape;
    private readonly TrainingStep step;
    private readonly int[] ids;
    private readonly long[] starts;
    private long number;

    private AphoristStreamStep(StreamShape shape, LanguageModel model, TrainingOptions options)
    {
        this.shape = shape;
        ids = new int[shape.Batch * (StreamShape.Sequence + 1)];
        starts = [.. Enumerable.Range(0, shape.Batch).Select(row => row * (StreamShape.Sequence + 1L))];
        step = new TrainingStep(model, ids, options);
    }

    /// <summary>Creates the training step.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="parameters">The initial parameters, as <see cref="StreamSetup.Parameters"/> returns them.</param>
    /// <param name="threads">The number of threads.</param>
    public static AphoristStreamStep Create(StreamShape shape, IReadOnlyDictionary<string, float[]> parameters, int threads)
    {
        ModelSpec spec = new()
        {
            Architecture = shape.Kind switch
            {
                RecurrentKind.Lstm => Architecture.Lstm,
                RecurrentKind.Gru => Architecture.Gru,
                _ => Architecture.Rnn,
            },
            HiddenSize = shape.Hidden,
            Layers = shape.Layers,
            Gates = GateActivation.Sigmoid,
        };
        string characters = string.Concat(Enumerable.Range(0, StreamShape.Characters).Select(id => (char)('A' + id)));
        LanguageModel model = LanguageModel.Create(spec, CharacterTokenizer.FromCharacters(characters));
        foreach (ParameterTensor tensor in model.Parameters.Tensors) Fill(model.Parameters.GetValues(tensor), tensor, parameters);
        return new AphoristStreamStep(shape, model, new TrainingOptions
        {
            Objective = Objective.Stream,
            BatchSize = shape.Batch,
            SequenceLength = StreamShape.Sequence,
            Threads = threads,
            Optimizer = OptimizerKind.Adam,
            ClipNorm = StreamShape.GradientClip,
        });
    }

    public double Run(int[] ids)
    {
        ids.CopyTo(this.ids, 0);
        double sum = step.Run(starts, StreamShape.Sequence, ++number, (float)StreamShape.LearningRate).Loss;
        return sum / (shape.Batch * StreamShape.Sequence);
    }

    public void Dispose() => step.Dispose();

    private static void Fill(Span<float> values, ParameterTensor tensor, IReadOnlyDictionary<string, float[]> parameters)
    {
        string name = tensor.Name
            .Replace("lstm.", "recurrent.", StringComparison.Ordinal)
            .Replace("gru.", "recurrent.", StringComparison.Ordinal)
            .Replace("rnn.", "recurrent.", StringComparison.Ordinal);
        float[] source = parameters[name.Replace("bias_l", "bias_ih_l", StringComparison.Ordinal)];
        if (!tensor.IsTransposed)
        {
            source.CopyTo(values);
            return;
        }

        for (int index = 0; index < source.Length; index++)
            values[index % tensor.Columns * tensor.Rows + index / tensor.Columns] = source[index];
    }
}
