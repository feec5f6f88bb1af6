using Aphorist.Model;

namespace Aphorist.Generation;

/// <summary>The states of texts that a model reads at the same time, one slot for each.</summary>
/// <remarks>Slots are independent of each other; different threads may use different slots at the same time.</remarks>
internal abstract unsafe class BatchStates
{
    /// <summary>The number of texts that one thread should advance at a time.</summary>
    public abstract int MaxTextsPerTask { get; }

    /// <summary>Creates states.</summary>
    /// <param name="weights">The weights of the model.</param>
    /// <param name="mode">How much of a text the model sees.</param>
    /// <param name="slots">The number of texts.</param>
    public static BatchStates Create(PackedWeights weights, GenerationMode mode, int slots) =>
        mode == GenerationMode.Window ? new WindowStates(weights, slots) : new CarriedStates(weights, slots);

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

    /// <summary>Starts a text at a slot, with a zero state.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="carriesState">
    /// Whether the state is carried from token to token until the slot is cleared again, also in window mode.
    /// </param>
    public abstract void Clear(int slot, bool carriesState);

    /// <summary>Copies the state of a text from other states of the same model, which may be these.</summary>
    public abstract void CopyFrom(BatchStates other, int from, int to);

    /// <summary>Computes the logits [count, V] of the next tokens of several texts.</summary>
    public abstract void Decode(int first, int count, float* logits);

    /// <summary>Reads the next token of each of several texts.</summary>
    /// <param name="tokens">[count].</param>
    /// <param name="first">The slot of the first text.</param>
    /// <param name="count">The number of texts.</param>
    public abstract void Read(int* tokens, int first, int count);

    /// <summary>Carries the state from token to token. The texts are the rows of one matrix product.</summary>
    private sealed class CarriedStates(PackedWeights weights, int slots) : BatchStates
    {
        private readonly InferenceState state = new(weights, slots);

        // Enough for fast matrix products, few enough to keep all threads busy.
        public override int MaxTextsPerTask => 32;

        public override int CountVisible(int promptLength) => promptLength;

        public override void Clear(int slot, bool carriesState) => state.Clear(slot);

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

        public WindowStates(PackedWeights weights, int slots)
        {
            (window, vocabularySize) = (weights.Model.Spec.Window, weights.Model.Tokenizer.VocabularySize);
            state = new InferenceState(weights, checked(slots * window));
            positions = new long[slots];
            repeated = GC.AllocateArray<int>(slots * window, pinned: true);
            carry = new bool[slots];
        }

        public override int MaxTextsPerTask => 1;

        public override int CountVisible(int promptLength) => Math.Min(promptLength, window);

        public override void Clear(int slot, bool carriesState)
        {
            (positions[slot], carry[slot]) = (0, carriesState);
            state.Clear(slot * window);
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
                int slot = first + text, oldest = positions[slot] < window || carry[slot] ? 0 : (int)(positions[slot] % window);
                state.Decode(slot * window + oldest, 1, logits + (nint)text * vocabularySize);
            }
        }

        public override void Read(int* tokens, int first, int count)
        {
            for (int text = 0; text < count; text++)
            {
                int slot = first + text, row = slot * window;
                if (carry[slot])
                {
                    state.Advance(tokens + text, row, 1);
                    continue;
                }

                state.Clear(row + (int)(positions[slot] % window));
                positions[slot]++;
                int rows = (int)Math.Min(positions[slot], window);
                repeated.AsSpan(row, rows).Fill(tokens[text]);
                fixed (int* token = repeated) state.Advance(token + row, row, rows);
            }
        }
    }
}
