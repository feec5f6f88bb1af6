using System.Runtime.InteropServices;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Measures how well a model predicts a text. The result does not depend on the number of threads and processes.</summary>
internal sealed unsafe class Evaluator
{
    // A text is read in up to 32 segments in parallel, 8 of them by one thread. Each starts 256 tokens early, so that its first
    // predictions have a context.
    private const int MaxSegments = 32;
    private const int SegmentsPerTask = 8;
    private const int MinSegmentLength = 1024;
    private const int WarmupTokens = 256;

    // A part of a text is more segments, of about this length, so that it comes from many places.
    private const int SampleLength = 2048;

    // Windows that one thread reads in parallel, and tasks whose results are kept before they are added.
    private const int WindowsPerTask = 32;
    private const int MaxResults = 4096;

    private readonly PackedWeights weights;
    private readonly Workers workers;
    private readonly IProcessGroup processes;
    private readonly WorkMonitor[] monitors;
    private long countOfSteps;

    /// <param name="weights">The model.</param>
    /// <param name="workers">The threads.</param>
    /// <param name="processes">The processes that evaluate the same text together; this one alone by default.</param>
    public Evaluator(PackedWeights weights, Workers workers, IProcessGroup? processes = null)
    {
        (this.weights, this.workers, this.processes) = (weights, workers, processes ?? SingleProcess.Instance);
        monitors = [.. Enumerable.Range(0, workers.Count).Select(_ => new WorkMonitor())];
    }

    /// <summary>The share of the current evaluation that is done, from 0 to 1. Any thread may ask.</summary>
    public double Share => ShareOf(monitors.Sum(monitor => monitor.Done), Volatile.Read(ref countOfSteps));

    /// <summary>Packs the current parameters of the model. Needed before an evaluation whenever they have changed.</summary>
    public void RefreshWeights() => workers.Run(weights.Parts, (part, _) => weights.Refresh(part));

    /// <summary>The share of work that is done, from two numbers that other threads may be changing.</summary>
    public static double ShareOf(long done, long count) => Math.Min(1, (double)done / Math.Max(1, count));

    /// <summary>Predicts the token after each window, each read from a zero state.</summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="count">The number of windows.</param>
    /// <param name="getStart">Gets the start of a window by its number, from 0.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    public Evaluation EvaluateWindows(
        TokenSequence ids, long count, Func<long, long> getStart, CancellationToken cancellationToken = default)
    {
        long tasks = (count + WindowsPerTask - 1) / WindowsPerTask;
        Begin(OwnOf(tasks) * weights.Model.Spec.Window, cancellationToken);
        return SumOf(tasks, WindowsPerTask, Evaluate, cancellationToken);

        Evaluation Evaluate(Reader reader, long task)
        {
            long first = task * WindowsPerTask;
            return reader.EvaluateWindows(ids, first, (int)Math.Min(WindowsPerTask, count - first), getStart);
        }
    }

    /// <summary>
    /// Predicts the tokens of a text but its first, with the state carried from token to token; or a part of them, spread over the text.
    /// </summary>
    /// <param name="ids">The corpus.</param>
    /// <param name="begin">Where in the corpus the text starts. It ends with the corpus.</param>
    /// <param name="count">How many tokens to predict. The places depend only on this number and the text.</param>
    /// <param name="cancellationToken">Cancels the evaluation.</param>
    public Evaluation EvaluateStream(
        TokenSequence ids, long begin = 0, long count = long.MaxValue, CancellationToken cancellationToken = default)
    {
        long predictions = ids.Count - begin - 1;
        if (predictions < 1) return default;
        (long segments, long length, long distance) = count < predictions ? Sample(predictions, count) : Cut(predictions);
        long tasks = (segments + SegmentsPerTask - 1) / SegmentsPerTask;
        Begin(OwnOf(tasks) * (WarmupTokens + length), cancellationToken);
        return SumOf(tasks, SegmentsPerTask, Evaluate, cancellationToken);

        Evaluation Evaluate(Reader reader, long task)
        {
            long first = task * SegmentsPerTask;
            int rows = (int)Math.Min(SegmentsPerTask, segments - first);
            return reader.EvaluateStream(new ParallelSegments(ids, begin, begin + first * distance, length, distance, rows));
        }
    }

    /// <summary>The number of predictions that <see cref="EvaluateStream"/> makes of a text if it is asked for a part.</summary>
    public static long SampledCount(long predictions, long count)
    {
        (long segments, long length, _) = Sample(predictions, count);
        return segments * length;
    }

    /// <summary>Segments that are the whole text.</summary>
    private static (long Segments, long Length, long Distance) Cut(long predictions)
    {
        long segments = Math.Clamp(predictions / MinSegmentLength, 1, MaxSegments), length = (predictions + segments - 1) / segments;
        return (segments, length, length);
    }

    /// <summary>Segments with gaps between them.</summary>
    private static (long Segments, long Length, long Distance) Sample(long predictions, long count)
    {
        long segments = Math.Max(1, count / SampleLength);
        return (segments, count / segments, predictions / segments);
    }

    /// <summary>Runs tasks on all threads of all processes and adds up their results in order.</summary>
    private Evaluation SumOf(long tasks, int rows, Func<Reader, long, Evaluation> evaluate, CancellationToken cancellationToken)
    {
        int most = (int)Math.Min(tasks, MaxResults), part = (most + processes.Size - 1) / processes.Size, own = processes.Rank * part;
        TaskResult[] results = GC.AllocateArray<TaskResult>(part * processes.Size, pinned: true);
        Reader?[] readers = new Reader?[workers.Count];
        Evaluation sum = default;
        for (long begin = 0; begin < tasks; begin += most)
        {
            long first = begin;
            int count = (int)Math.Min(tasks - first, most);
            workers.Run(Math.Clamp(count - own, 0, part), (task, worker) =>
            {
                if (cancellationToken.IsCancellationRequested) return;
                readers[worker] ??= new Reader(weights, rows, monitors[worker]);
                results[own + task].Evaluation = evaluate(readers[worker]!, first + own + task);
            });
            bool isCancelled = cancellationToken.IsCancellationRequested;
            foreach (ref TaskResult result in results.AsSpan(own, part)) result.IsCancelled = isCancelled;
            processes.AllGather(MemoryMarshal.AsBytes(results.AsSpan()));
            foreach (TaskResult result in results) isCancelled |= result.IsCancelled;
            if (isCancelled) throw new OperationCanceledException(cancellationToken);
            foreach (TaskResult result in results.AsSpan(0, count)) sum += result.Evaluation;
        }

        return sum;
    }

    /// <summary>About how many of some tasks are those of this process.</summary>
    private long OwnOf(long tasks) => (tasks + processes.Size - 1) / processes.Size;

    private void Begin(long steps, CancellationToken cancellationToken)
    {
        foreach (WorkMonitor monitor in monitors) monitor.Begin(cancellationToken);
        Volatile.Write(ref countOfSteps, steps);
    }

    /// <summary>The result of a task, as processes exchange it.</summary>
    private record struct TaskResult(Evaluation Evaluation, bool IsCancelled);

    /// <summary>Reads some sequences in parallel, in one thread.</summary>
    private sealed class Reader
    {
        private readonly InferenceState state;
        private readonly SoftmaxCrossEntropy softmax;
        private readonly AlignedArray logits;
        private readonly int[] tokens, windows;
        private readonly Tokenizer tokenizer;
        private readonly int window;
        private readonly WorkMonitor monitor;

        public Reader(PackedWeights weights, int rows, WorkMonitor monitor)
        {
            this.monitor = monitor;
            (tokenizer, window) = (weights.Model.Tokenizer, weights.Model.Spec.Window);
            state = new InferenceState(weights, rows);
            softmax = SoftmaxCrossEntropy.Create(weights.InstructionSet);
            logits = new AlignedArray(rows * tokenizer.VocabularySize);
            tokens = GC.AllocateArray<int>(rows, pinned: true);
            windows = new int[rows * (window + 1)];
        }

        public Evaluation EvaluateWindows(TokenSequence ids, long first, int rows, Func<long, long> getStart)
        {
            for (int row = 0; row < rows; row++) ids.Read(getStart(first + row), windows.AsSpan(row * (window + 1), window + 1));
            state.Clear();
            for (int step = 0; step < window; step++)
            {
                if (!monitor.Advance()) return default;
                for (int row = 0; row < rows; row++) tokens[row] = windows[row * (window + 1) + step];
                Advance(rows);
            }

            state.Decode(0, rows, logits.Pointer);
            Evaluation sum = default;
            for (int row = 0; row < rows; row++) sum += Score(row, windows[row * (window + 1) + window]);
            return sum;
        }

        public Evaluation EvaluateStream(ParallelSegments segments)
        {
            state.Clear();
            Evaluation sum = default;
            for (long position = -WarmupTokens; position < segments.Length && monitor.Advance(); position++)
            {
                segments.MoveTo(position);
                for (int row = 0; row < segments.Rows; row++)
                {
                    if (segments.IsBegin(row)) state.Clear(row);
                    tokens[row] = segments.Current(row);
                }

                Advance(segments.Rows);
                if (position < 0) continue;
                state.Decode(0, segments.Rows, logits.Pointer);
                for (int row = 0; row < segments.Rows; row++)
                {
                    if (segments.HasNext(row)) sum += Score(row, segments.Next(row));
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
            int size = tokenizer.VocabularySize;
            double loss = softmax.Run(logits.Pointer + (nint)row * size, size, target, 1, out bool correct);
            return new Evaluation(1, loss, correct ? 1 : 0, tokenizer.CountCharacters([target]));
        }
    }
}
