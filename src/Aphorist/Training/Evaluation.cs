using System.Globalization;
using Aphorist.Model;
using Aphorist.Numerics;
using Aphorist.Text;
using Aphorist.Text.Tokenizers;

namespace Aphorist.Training;

/// <summary>
/// How well a model predicts a text. Losses, perplexity and accuracy are those of the model's tokens. Only
/// <see cref="BitsPerCharacter"/> also contains what it costs to write the words and characters that the vocabulary lacks.
/// </summary>
/// <param name="Count">The number of predictions.</param>
/// <param name="TotalLoss">Their total loss in nats.</param>
/// <param name="Correct">The number of correct predictions.</param>
/// <param name="Characters">
/// The characters (Unicode scalar values) of the predicted tokens: an unknown word counts with its length. For a character tokenizer the
/// same as <paramref name="Count"/>, unless characters were skipped: those between predicted tokens are counted, too.
/// </param>
public readonly record struct Evaluation(long Count, double TotalLoss, long Correct, long Characters)
{
    /// <summary>The mean loss in nats per token.</summary>
    public double LossPerToken => TotalLoss / Count;

    /// <summary>The mean loss in bits per token.</summary>
    public double BitsPerToken => LossPerToken / Math.Log(2);

    /// <summary>
    /// The loss in bits per character, which compares models with different tokenizers. It contains <see cref="SpellingLoss"/>, so that a
    /// small vocabulary has no advantage.
    /// </summary>
    public double BitsPerCharacter => (TotalLoss + SpellingLoss) / Math.Log(2) / Characters;

    /// <summary>The perplexity: e to the mean loss per token.</summary>
    public double Perplexity => Math.Exp(LossPerToken);

    /// <summary>The share of correct predictions, from 0 to 1.</summary>
    public double Accuracy => (double)Correct / Count;

    /// <summary>The number of predicted tokens that stand for unknown words.</summary>
    public long UnknownTokens { get; init; }

    /// <summary>The share of unknown tokens among the predicted ones, from 0 to 1.</summary>
    public double UnknownShare => (double)UnknownTokens / Count;

    /// <summary>
    /// What it costs to write the unknown words with the <see cref="Tokenizer.Spelling"/> of the tokenizer, and skipped characters with
    /// <see cref="SpellingModel.Uniform"/>, in nats.
    /// </summary>
    public double SpellingLoss { get; init; }

    /// <summary>The characters of the evaluated part that were left out, see <see cref="EvaluationOptions.UnknownCharacters"/>.</summary>
    public long SkippedCharacters { get; init; }

    /// <summary>The evaluation of both texts together.</summary>
    public static Evaluation operator +(Evaluation left, Evaluation right) =>
        new(left.Count + right.Count, left.TotalLoss + right.TotalLoss, left.Correct + right.Correct, left.Characters + right.Characters)
        {
            UnknownTokens = left.UnknownTokens + right.UnknownTokens,
            SpellingLoss = left.SpellingLoss + right.SpellingLoss,
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
    /// <see cref="Evaluation.SkippedCharacters"/> and cost 21 bits each. Only character tokenizers have such characters.
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
            TokenSequence ids = TokensOf(model, corpus, options, cancellationToken);
            try
            {
                PredictedTokens predicted = PredictedOf(model, corpus.Name, ids, options);
                Evaluation evaluation = Measure(model, ids, options, predicted, cancellationToken);
                UnknownText unknown = UnknownText.Of(corpus, model.Tokenizer, predicted, cancellationToken);
                SkippedText skipped = SkippedText.Of(corpus, model.Tokenizer, ids.Count, predicted, cancellationToken);
                return evaluation with
                {
                    Characters = evaluation.Characters + unknown.Characters + skipped.Charged,
                    UnknownTokens = unknown.Tokens,
                    SpellingLoss = unknown.SpellingLoss + skipped.SpellingLoss,
                    SkippedCharacters = skipped.Characters,
                };
            }
            catch (AggregateException failure) when (failure.InnerException is CorpusException lost)
            {
                // One of the threads could not read a cached text.
                throw new CorpusException(lost.Message, failure);
            }
        }

        /// <summary>Counts the characters of the evaluated part that <see cref="Evaluate"/> leaves out.</summary>
        /// <param name="corpus">The text.</param>
        /// <param name="options">The options of the evaluation.</param>
        /// <param name="cancellationToken">Cancels the count.</param>
        /// <returns>The characters, the most frequent ones first.</returns>
        /// <exception cref="InvalidOptionsException">An option is out of range.</exception>
        /// <exception cref="CorpusException">The text is too short, or a cached text cannot be read any more.</exception>
        /// <exception cref="UnknownCharacterException">Such characters are an error.</exception>
        /// <exception cref="OperationCanceledException">The count was cancelled.</exception>
        public IReadOnlyList<CharacterFrequency> CountSkippedCharacters(
            Corpus corpus, EvaluationOptions options, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(corpus);
            ArgumentNullException.ThrowIfNull(options);
            options.Validate();
            TokenSequence ids = TokensOf(model, corpus, options, cancellationToken);
            PredictedTokens predicted = PredictedOf(model, corpus.Name, ids, options);
            return SkippedText.Of(corpus, model.Tokenizer, ids.Count, predicted, cancellationToken).Frequencies;
        }
    }

    private static TokenSequence TokensOf(
        LanguageModel model, Corpus corpus, EvaluationOptions options, CancellationToken cancellationToken) =>
        options.UnknownCharacters == UnknownCharacterPolicy.Skip && model.Tokenizer is CharacterTokenizer
            ? corpus.KnownTokensOf(model.Tokenizer, cancellationToken)
            : corpus.TokensOf(model.Tokenizer, cancellationToken);

    private static ValidationWindows WindowsOf(LanguageModel model, TokenSequence ids, EvaluationOptions options) =>
        ValidationWindows.AtEnd(ids.Count, model.Spec.Window, options.Stride, options.TailShare);

    private static PredictedTokens PredictedOf(LanguageModel model, string name, TokenSequence ids, EvaluationOptions options)
    {
        if (options.Objective == Objective.Windows) return WindowsOf(model, ids, options).Predicted(model.Spec.Window);
        long first = TrainingSplit.StartOfTail(ids.Count, options.TailShare);
        return ids.Count - first >= 2
            ? new(first, first + 1)
            : throw new CorpusException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{name}' has {Plural.Of(ids.Count, "token")}. The last {100 * options.TailShare} % of them are too few to predict one. "
                + $"Use a longer text."));
    }

    private static Evaluation Measure(
        LanguageModel model,
        TokenSequence ids,
        EvaluationOptions options,
        PredictedTokens predicted,
        CancellationToken cancellationToken)
    {
        using Workers workers = new(options.Threads);
        Evaluator evaluator = new(new PackedWeights(model, InstructionSet.Current), workers);
        evaluator.RefreshWeights();
        if (options.Objective == Objective.Stream)
            return evaluator.EvaluateStream(ids, predicted.Begin, cancellationToken: cancellationToken);
        ValidationWindows windows = WindowsOf(model, ids, options);
        return evaluator.EvaluateWindows(ids, windows.Count, windows.GetStart, cancellationToken);
    }
}
