using Aphorist.Model;

namespace Aphorist;

/// <content>Fine-tuning on another corpus.</content>
public sealed partial class LanguageModel
{
    /// <summary>
    /// Returns a copy of the model whose vocabulary also contains the characters or words of a corpus. The learned parameters are kept;
    /// those of new tokens are initialized as in a new model.
    /// </summary>
    /// <param name="corpus">The corpus, normalized as the tokenizer of the model requires.</param>
    /// <param name="seed">The seed of the new parameters. 0 by default.</param>
    public LanguageModel ExtendVocabulary(Corpus corpus, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(corpus);
        Tokenizer tokenizer = Tokenizer.Extend(corpus, out int[] places);
        LanguageModel extended = Create(Spec, tokenizer, seed);
        (extended.Origin, extended.TrainedMode) = (Origin, TrainedMode);
        Copy(Layout, Parameters, extended.Parameters, places);
        if (OptimizerState is { } state)
        {
            extended.OptimizerState = new(extended, state.Steps, state.Moments);
            for (int moment = 0; moment < state.Moments.Count; moment++)
                Copy(Layout, state.GetValues(moment), extended.OptimizerState.GetValues(moment), places);
        }

        return extended;
    }

    private static void Copy(ModelLayout layout, Parameters from, Parameters to, int[] places)
    {
        foreach ((ParameterTensor old, ParameterTensor tensor) in from.Tensors.Zip(to.Tensors))
        {
            if (HasRowOfEachToken(layout, old)) CopyRows(from.GetValues(old), to.GetValues(tensor), places);
            else from.GetValues(old).CopyTo(to.GetValues(tensor));
        }
    }

    private static bool HasRowOfEachToken(ModelLayout layout, ParameterTensor tensor) =>
        tensor == layout.Embedding || tensor == layout.DecoderKernel || tensor == layout.DecoderBias
        || (layout.Embedding is null && tensor == layout.Layers[0].InputKernel);

    private static void CopyRows(ReadOnlySpan<float> from, Span<float> to, int[] places)
    {
        int length = from.Length / places.Length;
        for (int id = 0; id < places.Length; id++) from.Slice(id * length, length).CopyTo(to[(places[id] * length)..]);
    }
}
