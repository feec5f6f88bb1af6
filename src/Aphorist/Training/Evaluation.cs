using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;

namespace Aphorist.Training;

/// <summary>How well a model predicts a text.</summary>
/// <param name="Count">The number of predictions.</param>
/// <param name="LossSum">Their total loss in nats.</param>
/// <param name="Correct">The number of correct predictions.</param>
/// <param name="Characters">
/// The characters (Unicode scalar values) of the predicted tokens, see <see cref="Tokenizer.CountCharacters"/>. For a character tokenizer the same as
/// <paramref name="Count"/>.
/// </param>
public readonly record struct Evaluation(long Count, double LossSum, long Correct, long Characters)
{
    /// <summary>The mean loss in nats per token.</summary>
    public double LossPerToken => LossSum / Count;

    /// <summary>The mean loss in bits per token.</summary>
    public double BitsPerToken => LossPerToken / Math.Log(2);

    /// <summary>The loss in bits per character, which compares models with different tokenizers.</summary>
    public double BitsPerCharacter => LossSum / Math.Log(2) / Characters;

    /// <summary>The perplexity: e to the mean loss per token.</summary>
    public double Perplexity => Math.Exp(LossPerToken);

    /// <summary>The share of correct predictions, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The characters of the text that were left out, see <see cref="EvaluationOptions.UnknownCharacters"/>.</summary>
    public long SkippedCharacters { get; init; }

    /// <summary>The evaluation of both texts together.</summary>
    public static Evaluation operator +(Evaluation left, Evaluation right) =>
        new(left.Count + right.Count, left.LossSum + right.LossSum, left.Correct + right.Correct, left.Characters + right.Characters)
        {
            SkippedCharacters = left.SkippedCharacters + right.SkippedCharacters,
        };

    /// <summary>The evaluation of both texts together.</summary>
    public static Evaluation Add(Evaluation left, Evaluation right) => left + right;
}

/// <summary>How a model is evaluated.</summary>
public sealed record EvaluationOptions
{
    /// <summary>What is predicted: the token after each window, or every token. <see cref="Objective.Stream"/> by default.</summary>
    public Objective Objective { get; init; } = Objective.Stream;

    /// <summary>Tokens between the starts of two windows. At least 1; 3 by default.</summary>
    public int Stride { get; init; } = 3;

    /// <summary>The share of the text, from its end, that is predicted. Above 0; 1, the default, for the whole text.</summary>
    public double TailShare { get; init; } = 1;

    /// <summary>
    /// What to do with characters that are not in the vocabulary of the model. An error by default. Skipped characters are counted in
    /// <see cref="Evaluation.SkippedCharacters"/>. Only character tokenizers have such characters.
    /// </summary>
    public UnknownCharacterPolicy UnknownCharacters { get; init; }

    /// <summary>The number of threads. 0, the default, for one per processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    internal void Validate()
    {
        TrainingOptions.Require(Stride >= 1, nameof(Stride), Stride, "at least 1");
        TrainingOptions.Require(TailShare > 0 && TailShare <= 1, nameof(TailShare), TailShare, "above 0 and at most 1");
        TrainingOptions.Require(Threads >= 0, nameof(Threads), Threads, "at least 1, or 0 for one per processor");
    }
}

/// <summary>Evaluates models.</summary>
public static class ModelEvaluation
{
    extension(LanguageModel model)
    {
        /// <summary>Measures how well the model predicts a text, as training does in validation.</summary>
        /// <param name="corpus">The text, normalized as the tokenizer of the model expects.</param>
        /// <param name="options">What to predict; by default every token of the whole text.</param>
        /// <param name="cancellationToken">Cancels the evaluation.</param>
        /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
        /// <exception cref="CorpusException">The text is too short, or a cached text cannot be read any more.</exception>
        /// <exception cref="UnknownCharacterException">The text has a character that is not in the vocabulary of the model.</exception>
        /// <exception cref="OperationCanceledException">The evaluation was cancelled.</exception>
        public Evaluation Evaluate(Corpus corpus, EvaluationOptions? options = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(corpus);
            options ??= new EvaluationOptions();
            options.Validate();
            TokenSequence ids = Encode(corpus, model.Tokenizer, options, out long skipped, cancellationToken);
            try
            {
                return Evaluate(model, corpus.Name, ids, options, cancellationToken) with { SkippedCharacters = skipped };
            }
            catch (AggregateException failure) when (failure.InnerException is CorpusException lost)
            {
                // One of the threads could not read a cached text.
                throw new CorpusException(lost.Message, failure);
            }
        }
    }

    private static Evaluation Evaluate(
        LanguageModel model, string name, TokenSequence ids, EvaluationOptions options, CancellationToken cancellationToken)
    {
        using Workers workers = new(options.Threads);
        Evaluator evaluator = new(new PackedWeights(model, InstructionSet.Current), workers);
        evaluator.RefreshWeights();
        if (options.Objective == Objective.Windows)
        {
            ValidationWindows windows = ValidationWindows.AtEnd(ids.Count, model.Spec.Window, options.Stride, options.TailShare);
            return evaluator.EvaluateWindows(ids, windows.Count, windows.GetStart, cancellationToken);
        }

        long first = TrainingSplit.StartOfTail(ids.Count, options.TailShare);
        return ids.Count - first >= 2
            ? evaluator.EvaluateStream(ids, first, cancellationToken)
            : throw new CorpusException(FormattableString.Invariant(
                $"'{name}' has {ids.Count} tokens. The last {100 * options.TailShare} % of them are too few to predict one. Use a longer text."));
    }

    private static TokenSequence Encode(
        Corpus corpus, Tokenizer tokenizer, EvaluationOptions options, out long skipped, CancellationToken cancellationToken)
    {
        skipped = 0;
        try
        {
            return corpus.TokensOf(tokenizer, cancellationToken: cancellationToken);
        }
        catch (UnknownCharacterException) when (options.UnknownCharacters == UnknownCharacterPolicy.Skip)
        {
            // Only a character tokenizer does not know a character, so each of its ids is one character.
            List<int> ids = [];
            foreach (string block in corpus.EnumerateBlocks())
            {
                cancellationToken.ThrowIfCancellationRequested();
                ids.AddRange(tokenizer.EncodeSkippingUnknown(block, out _));
            }

            skipped = corpus.CharacterCount - ids.Count;
            return TokenSequence.Compact([.. ids], tokenizer.VocabularySize);
        }
    }
}
