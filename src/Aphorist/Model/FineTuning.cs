using Aphorist.Text;

namespace Aphorist.Model;

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
        public LanguageModel GrowFor(Corpus corpus, ulong seed = 0)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(corpus);
            ITokenizer tokenizer = Grow(model.Tokenizer, corpus);
            LanguageModel grown = LanguageModel.Create(model.Spec, tokenizer, seed);
            grown.Origin = model.Origin;
            int[] places = PlacesIn(tokenizer, model.Tokenizer);
            Copy(model.Layout, model.Parameters, grown.Parameters, places);
            if (model.OptimizerState is { } state)
            {
                grown.OptimizerState = new(state.Steps, state.Moments, grown.Layout);
                for (int moment = 0; moment < state.Moments.Count; moment++) Copy(model.Layout, state.ValuesOf(moment), grown.OptimizerState.ValuesOf(moment), places);
            }

            return grown;
        }
    }

    private static ITokenizer Grow(ITokenizer tokenizer, Corpus corpus) => tokenizer switch
    {
        Vocabulary vocabulary => Vocabulary.FromCharacters(vocabulary.Characters + string.Concat(corpus.DistinctCharacters()), vocabulary.Normalization),
        WordTokenizer words => WordTokenizer.FromTokens([.. words.Tokens.Union(WordTokenizer.Of(corpus).Tokens)], words.Normalization),
        _ => tokenizer,
    };

    /// <summary>The new id of each old one. Characters are sorted anew; new words come after the old.</summary>
    private static int[] PlacesIn(ITokenizer grown, ITokenizer old) => [.. Enumerable.Range(0, old.Count).Select(id =>
        (grown, old) is (Vocabulary now, Vocabulary before) ? now.IdOf(before[id]) : id)];

    private static void Copy(ModelLayout layout, Parameters from, Parameters to, int[] places)
    {
        foreach ((ParameterTensor old, ParameterTensor tensor) in from.Tensors.Zip(to.Tensors))
        {
            if (HasRowOfEachToken(layout, old)) CopyRows(from.ValuesOf(old), to.ValuesOf(tensor), places);
            else from.ValuesOf(old).CopyTo(to.ValuesOf(tensor));
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
