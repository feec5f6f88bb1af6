using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Measures how well a model predicts a text. The result does not depend on the number of threads.</summary>
internal sealed unsafe class Evaluator
{
    // Texts that are read side by side, and of these as many as one thread reads at a time.
    private const int MostParts = 32;
    private const int PartsPerTask = 8;

    // Windows that one thread reads side by side.
    private const int WindowsPerTask = 32;

    // A part is read from so many tokens before it on, so that its first predictions know what came before.
    private const int WarmUp = 256;
    private const int LeastPart = 1024;

    private readonly NetworkWeights weights;
    private readonly Workers workers;

    public Evaluator(NetworkWeights weights, Workers workers) => (this.weights, this.workers) = (weights, workers);

    /// <summary>Takes over the parameters as they are now.</summary>
    public void Begin() => workers.Run(weights.Parts, (part, _) => weights.Refresh(part));

    /// <summary>Predicts the token after each window, each read from a zero state.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="starts">Where the windows start.</param>
    public Evaluation Windows(ReadOnlyMemory<int> ids, ReadOnlyMemory<int> starts)
    {
        Evaluation[] results = new Evaluation[(starts.Length + WindowsPerTask - 1) / WindowsPerTask];
        Reader?[] readers = new Reader?[workers.Count];
        workers.Run(results.Length, (task, worker) =>
        {
            readers[worker] ??= new Reader(weights, WindowsPerTask);
            results[task] = readers[worker]!.Windows(ids.Span, starts.Span.Slice(task * WindowsPerTask, Math.Min(WindowsPerTask, starts.Length - task * WindowsPerTask)));
        });
        return Sum(results);
    }

    /// <summary>
    /// Predicts every token of a text but its first, the state carried from token to token. A long text is read in several parts
    /// at once, each from a little before its beginning.
    /// </summary>
    /// <param name="ids">The text.</param>
    public Evaluation Stream(ReadOnlyMemory<int> ids)
    {
        int predictions = ids.Length - 1;
        if (predictions < 1) return default;
        int parts = Math.Clamp(predictions / LeastPart, 1, MostParts), length = (predictions + parts - 1) / parts;
        Evaluation[] results = new Evaluation[(parts + PartsPerTask - 1) / PartsPerTask];
        workers.Run(results.Length, (task, _) =>
        {
            int first = task * PartsPerTask, rows = Math.Min(PartsPerTask, parts - first);
            results[task] = new Reader(weights, rows).Stream(ids.Span, first * length, length, WarmUp);
        });
        return Sum(results);
    }

    private static Evaluation Sum(Evaluation[] results)
    {
        Evaluation sum = default;
        foreach (Evaluation result in results) sum += result;
        return sum;
    }

    /// <summary>Reads some texts side by side; the workspace of one task.</summary>
    private sealed class Reader
    {
        private readonly NetworkState state;
        private readonly SoftmaxCrossEntropy softmax;
        private readonly AlignedArray logits;
        private readonly int[] tokens;
        private readonly ITokenizer tokenizer;
        private readonly int window;

        public Reader(NetworkWeights weights, int rows)
        {
            (tokenizer, window) = (weights.Model.Tokenizer, weights.Model.Spec.Window);
            state = new NetworkState(weights, rows);
            softmax = SoftmaxCrossEntropy.Create(weights.InstructionSet);
            logits = new AlignedArray(rows * tokenizer.Count);
            tokens = GC.AllocateArray<int>(rows, pinned: true);
        }

        public Evaluation Windows(ReadOnlySpan<int> ids, ReadOnlySpan<int> starts)
        {
            int rows = starts.Length;
            state.Clear();
            for (int step = 0; step < window; step++)
            {
                for (int row = 0; row < rows; row++) tokens[row] = ids[starts[row] + step];
                Advance(rows);
            }

            state.Decode(0, rows, logits.Pointer);
            Evaluation sum = default;
            for (int row = 0; row < rows; row++) sum += Score(row, ids[starts[row] + window]);
            return sum;
        }

        public Evaluation Stream(ReadOnlySpan<int> ids, int first, int length, int warmUp)
        {
            Evaluation sum = default;
            for (int position = -warmUp; position < length; position++)
            {
                for (int row = 0; row < tokens.Length; row++)
                {
                    int place = first + row * length + position;
                    if (place <= 0 || position == -warmUp) state.Clear(row);
                    tokens[row] = ids[Math.Clamp(place, 0, ids.Length - 1)];
                }

                Advance(tokens.Length);
                if (position < 0) continue;
                state.Decode(0, tokens.Length, logits.Pointer);
                for (int row = 0; row < tokens.Length; row++)
                {
                    int next = first + row * length + position + 1;
                    if (next < ids.Length) sum += Score(row, ids[next]);
                }
            }

            return sum;
        }

        private void Advance(int rows)
        {
            fixed (int* token = tokens) state.Advance(token, 0, rows);
        }

        private Evaluation Score(int row, int target)
        {
            double loss = softmax.Run(logits.Pointer + (nint)row * tokenizer.Count, tokenizer.Count, target, 1, out bool correct);
            return new Evaluation(1, loss, correct ? 1 : 0, tokenizer.CountCharacters([target]));
        }
    }
}
