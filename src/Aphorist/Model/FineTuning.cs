using Aphorist.Model;

namespace Aphorist;

/// <summary>Prepares a trained model for another corpus.</summary>
public static class FineTuning
{
    extension(LanguageModel model)
    {
        /// <summary>
        /// Returns a copy of the model whose vocabulary also contains the characters or words of a corpus. The learned parameters are kept;
        /// those of new tokens are initialized as in a new model.
        /// </summary>
        /// <param name="corpus">The corpus, normalized as the tokenizer of the model requires.</param>
        /// <param name="seed">The seed of the new parameters. 0 by default.</param>
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
                grown.OptimizerState = new(grown, state.Steps, state.Moments);
                for (int moment = 0; moment < state.Moments.Count; moment++)
                    Copy(model.Layout, state.GetValues(moment), grown.OptimizerState.GetValues(moment), places);
            }

            return grown;
        }
    }

    private static Tokenizer Grow(Tokenizer tokenizer, Corpus corpus) => tokenizer switch
    {
        CharacterTokenizer vocabulary =>
            CharacterTokenizer.FromCharacters(vocabulary.Characters + string.Concat(corpus.DistinctCharacters()), vocabulary.Normalization),
        WordTokenizer words => WordTokenizer.FromTokens([.. words.Tokens.Union(WordTokenizer.Create(corpus).Tokens)], words.Normalization),
        _ => tokenizer,
    };

    /// <summary>Returns the new id of each old one. Characters are sorted; new words follow the old ones.</summary>
    private static int[] PlacesIn(Tokenizer grown, Tokenizer old) => [.. Enumerable.Range(0, old.VocabularySize).Select(id =>
        (grown, old) is (CharacterTokenizer now, CharacterTokenizer before) ? now.GetId(before[id]) : id)];

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
