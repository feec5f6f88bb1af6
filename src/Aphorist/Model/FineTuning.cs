using Aphorist.Model;

namespace Aphorist;

/// <summary>Prepares a trained model for another corpus.</summary>
public static class FineTuning
{
    extension(LanguageModel model)
    {
        /// <summary>
        /// A copy of the model that also has tokens for what a corpus has and the model lacks. What the model has learned stays; the weights of
        /// new tokens begin as in a new model.
        /// </summary>
        /// <param name="corpus">The corpus, normalised as the model's tokenizer says.</param>
        /// <param name="seed">The seed of the new tokens' weights.</param>
        public LanguageModel ExtendVocabulary(Corpus corpus, ulong seed = 0)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(corpus);
            Tokenizer tokenizer = model.Tokenizer.Extend(corpus, out int[] places);
            LanguageModel grown = LanguageModel.Create(model.Spec, tokenizer, seed);
            grown.Origin = model.Origin;
            Copy(model.Layout, model.Parameters, grown.Parameters, places);
            if (model.OptimizerState is { } state)
            {
                grown.OptimizerState = new(state.Steps, state.Moments, grown.Layout);
                for (int moment = 0; moment < state.Moments.Count; moment++) Copy(model.Layout, state.ValuesOf(moment), grown.OptimizerState.ValuesOf(moment), places);
            }

            return grown;
        }
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
