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

    // As many tasks as are run before their results are added up.
    private const int MostResults = 4096;

    private readonly PackedWeights weights;
    private readonly Workers workers;

    public Evaluator(PackedWeights weights, Workers workers) => (this.weights, this.workers) = (weights, workers);

    /// <summary>Takes over the parameters as they are now.</summary>
    public void Begin() => workers.Run(weights.Parts, (part, _) => weights.Refresh(part));

    /// <summary>Predicts the token after each window, each read from a zero state.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="count">How many windows.</param>
    /// <param name="start">Where the window of a number, from 0, starts.</param>
    /// <param name="cancellationToken">Stops it between two windows read side by side.</param>
    public Evaluation Windows(TokenSequence ids, long count, Func<long, long> start, CancellationToken cancellationToken = default)
    {
        Evaluation[] results = new Evaluation[Math.Min((count + WindowsPerTask - 1) / WindowsPerTask, MostResults)];
        Reader?[] readers = new Reader?[workers.Count];
        Evaluation sum = default;
        for (long first = 0; first < count; first += (long)MostResults * WindowsPerTask)
        {
            long begin = first;
            int tasks = (int)Math.Min((count - begin + WindowsPerTask - 1) / WindowsPerTask, MostResults);
            workers.Run(tasks, (task, worker) =>
            {
                if (cancellationToken.IsCancellationRequested) return;
                readers[worker] ??= new Reader(weights, WindowsPerTask);
                long window = begin + task * WindowsPerTask;
                results[task] = readers[worker]!.Windows(ids, window, (int)Math.Min(WindowsPerTask, count - window), start);
            });
            cancellationToken.ThrowIfCancellationRequested();
            sum = Sum(sum, results.AsSpan(0, tasks));
        }

        return sum;
    }

    /// <summary>
    /// Predicts every token of a text but its first, the state carried from token to token. A long text is read in several parts
    /// at once, each from a little before its beginning.
    /// </summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="begin">Where in it the text begins, which goes on to its end.</param>
    /// <param name="cancellationToken">Stops it between two tokens.</param>
    public Evaluation Stream(TokenSequence ids, long begin = 0, CancellationToken cancellationToken = default)
    {
        long predictions = ids.Count - begin - 1;
        if (predictions < 1) return default;
        int parts = (int)Math.Clamp(predictions / LeastPart, 1, MostParts);
        long length = (predictions + parts - 1) / parts;
        Evaluation[] results = new Evaluation[(parts + PartsPerTask - 1) / PartsPerTask];
        workers.Run(results.Length, (task, _) =>
        {
            int first = task * PartsPerTask, rows = Math.Min(PartsPerTask, parts - first);
            results[task] = new Reader(weights, rows).Stream(new ParallelSegments(ids, begin, begin + first * length, length, rows), cancellationToken);
        });
        cancellationToken.ThrowIfCancellationRequested();
        return Sum(default, results);
    }

    private static Evaluation Sum(Evaluation sum, ReadOnlySpan<Evaluation> results)
    {
        foreach (Evaluation result in results) sum += result;
        return sum;
    }

    /// <summary>Reads some texts side by side; the workspace of one task.</summary>
    private sealed class Reader
    {
        private readonly InferenceState state;
        private readonly SoftmaxCrossEntropy softmax;
        private readonly AlignedArray logits;
        private readonly int[] tokens, read;
        private readonly Tokenizer tokenizer;
        private readonly int window;

        public Reader(PackedWeights weights, int rows)
        {
            (tokenizer, window) = (weights.Model.Tokenizer, weights.Model.Spec.Window);
            state = new InferenceState(weights, rows);
            softmax = SoftmaxCrossEntropy.Create(weights.InstructionSet);
            logits = new AlignedArray(rows * tokenizer.VocabularySize);
            tokens = GC.AllocateArray<int>(rows, pinned: true);
            read = new int[rows * (window + 1)];
        }

        public Evaluation Windows(TokenSequence ids, long first, int rows, Func<long, long> start)
        {
            for (int row = 0; row < rows; row++) ids.Read(start(first + row), read.AsSpan(row * (window + 1), window + 1));
            state.Clear();
            for (int step = 0; step < window; step++)
            {
                for (int row = 0; row < rows; row++) tokens[row] = read[row * (window + 1) + step];
                Advance(rows);
            }

            state.Decode(0, rows, logits.Pointer);
            Evaluation sum = default;
            for (int row = 0; row < rows; row++) sum += Score(row, read[row * (window + 1) + window]);
            return sum;
        }

        public Evaluation Stream(ParallelSegments parts, CancellationToken cancellationToken)
        {
            Evaluation sum = default;
            for (long position = -WarmUp; position < parts.Length && !cancellationToken.IsCancellationRequested; position++)
            {
                parts.MoveTo(position);
                for (int row = 0; row < tokens.Length; row++)
                {
                    if (parts.IsBegin(row) || position == -WarmUp) state.Clear(row);
                    tokens[row] = parts.Current(row);
                }

                Advance(tokens.Length);
                if (position < 0) continue;
                state.Decode(0, tokens.Length, logits.Pointer);
                for (int row = 0; row < tokens.Length; row++)
                {
                    if (parts.HasNext(row)) sum += Score(row, parts.Next(row));
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
            double loss = softmax.Run(logits.Pointer + (nint)row * tokenizer.VocabularySize, tokenizer.VocabularySize, target, 1, out bool correct);
            return new Evaluation(1, loss, correct ? 1 : 0, tokenizer.CountCharacters([target]));
        }
    }
}
