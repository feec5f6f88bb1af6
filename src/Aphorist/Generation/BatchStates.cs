using Aphorist.Model;

namespace Aphorist.Generation;

/// <summary>The states of texts that a model reads at the same time, one place for each.</summary>
/// <remarks>Places are independent of each other; different threads may use different places at the same time.</remarks>
internal abstract unsafe class BatchStates
{
    /// <summary>The number of texts that one thread should advance at a time.</summary>
    public abstract int MaxTextsPerTask { get; }

    /// <summary>Creates states.</summary>
    /// <param name="weights">The weights of the model.</param>
    /// <param name="mode">How much of a text the model sees.</param>
    /// <param name="places">The number of texts.</param>
    public static BatchStates Create(PackedWeights weights, GenerationMode mode, int places) =>
        mode == GenerationMode.Window ? new WindowStates(weights, places) : new CarriedStates(weights, places);

    /// <summary>The number of texts whose states fit into 256 MiB: 1 or more.</summary>
    public static int MaxTexts(ModelSpec spec, GenerationMode mode)
    {
        const double bytes = 256 << 20;
        double numbers = spec.EmbeddingSize;
        for (int layer = 0; layer < spec.Layers; layer++) numbers += spec.StateSize(layer) + 6.0 * spec.HiddenSize;
        if (mode == GenerationMode.Window) numbers *= spec.Window;
        return (int)Math.Clamp(bytes / (numbers * sizeof(float)), 1, int.MaxValue);
    }

    /// <summary>The number of last tokens of a prompt that the model sees.</summary>
    public abstract int CountVisible(int promptLength);

    /// <summary>Starts a text at a place, with a zero state.</summary>
    /// <param name="place">The place.</param>
    /// <param name="carriesState">
    /// Whether the state is carried from token to token until the place is cleared again, also in window mode.
    /// </param>
    public abstract void Clear(int place, bool carriesState);

    /// <summary>Copies the state of a text from other states of the same model, which may be these.</summary>
    public abstract void CopyFrom(BatchStates other, int from, int to);

    /// <summary>Computes the logits [count, V] of the next tokens of several texts.</summary>
    public abstract void Decode(int first, int count, float* logits);

    /// <summary>Reads the next token of each of several texts.</summary>
    /// <param name="tokens">[count].</param>
    /// <param name="first">The place of the first text.</param>
    /// <param name="count">The number of texts.</param>
    public abstract void Read(int* tokens, int first, int count);

    /// <summary>Carries the state from token to token. The texts are the rows of one matrix product.</summary>
    private sealed class CarriedStates(PackedWeights weights, int places) : BatchStates
    {
        private readonly InferenceState state = new(weights, places);

        // Enough for fast matrix products, few enough to keep all threads busy.
        public override int MaxTextsPerTask => 32;

        public override int CountVisible(int promptLength) => promptLength;

        public override void Clear(int place, bool carriesState) => state.Clear(place);

        public override void CopyFrom(BatchStates other, int from, int to) => state.CopyFrom(((CarriedStates)other).state, from, to);

        public override void Decode(int first, int count, float* logits) => state.Decode(first, count, logits);

        public override void Read(int* tokens, int first, int count) => state.Advance(tokens, first, count);
    }

    /// <summary>
    /// Predicts each token from a zero state over the last window of tokens, see <see cref="WindowPredictor"/>. The states of one text, one
    /// for each token of its window, are the rows of a matrix product.
    /// </summary>
    private sealed class WindowStates : BatchStates
    {
        private readonly InferenceState state;
        private readonly int window, vocabularySize;
        private readonly long[] positions;
        private readonly int[] repeated;
        private readonly bool[] carry;

        public WindowStates(PackedWeights weights, int places)
        {
            (window, vocabularySize) = (weights.Model.Spec.Window, weights.Model.Tokenizer.VocabularySize);
            state = new InferenceState(weights, checked(places * window));
            positions = new long[places];
            repeated = GC.AllocateArray<int>(places * window, pinned: true);
            carry = new bool[places];
        }

        public override int MaxTextsPerTask => 1;

        public override int CountVisible(int promptLength) => Math.Min(promptLength, window);

        public override void Clear(int place, bool carriesState)
        {
            (positions[place], carry[place]) = (0, carriesState);
            state.Clear(place * window);
        }

        public override void CopyFrom(BatchStates other, int from, int to)
        {
            WindowStates source = (WindowStates)other;
            (positions[to], carry[to]) = (source.positions[from], source.carry[from]);
            for (int row = 0; row < window; row++) state.CopyFrom(source.state, from * window + row, to * window + row);
        }

        public override void Decode(int first, int count, float* logits)
        {
            for (int text = 0; text < count; text++)
            {
                int place = first + text, oldest = positions[place] < window || carry[place] ? 0 : (int)(positions[place] % window);
                state.Decode(place * window + oldest, 1, logits + (nint)text * vocabularySize);
            }
        }

        public override void Read(int* tokens, int first, int count)
        {
            for (int text = 0; text < count; text++)
            {
                int place = first + text, row = place * window;
                if (carry[place])
                {
                    state.Advance(tokens + text, row, 1);
                    continue;
                }

                state.Clear(row + (int)(positions[place] % window));
                positions[place]++;
                int rows = (int)Math.Min(positions[place], window);
                repeated.AsSpan(row, rows).Fill(tokens[text]);
                fixed (int* token = repeated) state.Advance(token + row, row, rows);
            }
        }
    }
}
