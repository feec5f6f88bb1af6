using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>Measures how well a model predicts a text, as training measures the part it holds out.</summary>
public static class ModelEvaluation
{
    extension(LanguageModel model)
    {
        /// <summary>Predicts a text and counts.</summary>
        /// <param name="corpus">The text, normalised as the model's tokenizer says.</param>
        /// <param name="options">How; every token of the whole text by default.</param>
        /// <param name="cancellationToken">Stops the evaluation, within milliseconds once the text is cut into tokens.</param>
        /// <exception cref="OperationCanceledException">It was stopped.</exception>
        /// <exception cref="ArgumentException">The text is too short to predict anything, or an option is out of range.</exception>
        /// <exception cref="UnknownCharacterException">The text has a character that the model does not know.</exception>
        /// <exception cref="CorpusException">A text too large for memory cannot be read any more.</exception>
        public Evaluation Evaluate(Corpus corpus, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(corpus);
            options ??= new EvaluationOptions();
            options.Validate();
            TokenSequence ids = corpus.TokensOf(model.Tokenizer, cancellationToken: cancellationToken);
            try
            {
                return Evaluate(model, ids, options, cancellationToken);
            }
            catch (AggregateException failure) when (failure.InnerException is CorpusException lost)
            {
                // One of the threads could not read a prepared text any more.
                throw new CorpusException(lost.Message, failure);
            }
        }
    }

    private static Evaluation Evaluate(LanguageModel model, TokenSequence ids, EvaluationOptions options, CancellationToken cancellationToken)
    {
        using Workers workers = new(options.Threads);
        Evaluator evaluator = new(new PackedWeights(model, InstructionSet.Current), workers);
        evaluator.Begin();
        if (options.Objective == Objective.Windows)
        {
            ValidationWindows windows = ValidationWindows.Of(ids.Count, model.Spec.Window, options.Stride, options.TailShare);
            return evaluator.Windows(ids, windows.Count, windows.StartOf, cancellationToken);
        }

        long first = TrainingSplit.StartOfTail(ids.Count, options.TailShare);
        return ids.Count - first >= 2
            ? evaluator.Stream(ids, first, cancellationToken)
            : throw new ArgumentException(FormattableString.Invariant($"The corpus has {ids.Count} tokens, of which the last {100 * options.TailShare} % leaves fewer than two, so there is nothing to predict; use a longer text."));
    }
}

/// <summary>How a model is evaluated.</summary>
public sealed record EvaluationOptions
{
    /// <summary>What is predicted: the token after each window, or every token. Stream by default.</summary>
    public Objective Objective { get; init; } = Objective.Stream;

    /// <summary>Tokens between the starts of two windows. 3 by default.</summary>
    public int Stride { get; init; } = 3;

    /// <summary>Share of the text, from its end, that is predicted: above 0 to 1, the whole text, which is the default.</summary>
    public double TailShare { get; init; } = 1;

    /// <summary>Threads; 0, the default, takes one for each processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    internal void Validate()
    {
        if (Stride < 1) throw new ArgumentException(FormattableString.Invariant($"The step between windows is {Stride}; it must be at least 1."));
        if (!(TailShare > 0 && TailShare <= 1)) throw new ArgumentException(FormattableString.Invariant($"The share of the text to predict is {TailShare}; it must be above 0 and at most 1."));
        if (Threads < 0) throw new ArgumentException(FormattableString.Invariant($"The number of threads is {Threads}; it must be at least 1, or 0 for one a processor."));
    }
}
