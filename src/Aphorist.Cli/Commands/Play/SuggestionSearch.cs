namespace Aphorist.Cli.Commands.Play;

/// <summary>A possible continuation of the text.</summary>
/// <param name="Text">The text to append.</param>
/// <param name="Probability">The model's probability of exactly this text, before temperature and other sampling options.</param>
internal readonly record struct Suggestion(string Text, double Probability);

/// <summary>
/// Finds the most likely next words with a best-first search, in small steps: the most likely candidate is always extended next, so
/// results come in the order of their probabilities. For a character or byte model, the probability of a word is that of its characters
/// and of an end of the word after them. A character between words is a result too, except for a space, which begins a word.
/// </summary>
internal sealed class SuggestionSearch
{
    /// <summary>The search ends with this number of results.</summary>
    public const int MaximumResults = 9;

    private const int Breadth = 16;
    private const int MaximumWordTokens = 24;

    // After the first number of steps only the most likely extension is followed, or the search would not end with an untrained model.
    private const int ThoroughSteps = 256;
    private const int MaximumSteps = 2 * ThoroughSteps;

    private readonly Tokenizer tokenizer;
    private readonly PartialWord text;
    private readonly bool[] isWithinWord;
    private readonly PriorityQueue<Candidate, double> candidates = new();
    private readonly List<Suggestion> results = [];
    private int steps;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="session">The session after the tokens of the text. It is not changed.</param>
    /// <param name="text">The text so far.</param>
    /// <param name="isWithinWord">For each token, whether it can continue a word: <see cref="FindTokensWithinWords"/>.</param>
    public SuggestionSearch(Tokenizer tokenizer, GenerationSession session, PartialWord text, bool[] isWithinWord)
    {
        (this.tokenizer, this.text, this.isWithinWord) = (tokenizer, text, isWithinWord);
        Add(new([], "", 0, IsComplete: false, session));
    }

    /// <summary>The results so far, the most likely first.</summary>
    public IReadOnlyList<Suggestion> Results => results;

    /// <summary>For each token, whether it can continue a word.</summary>
    public static bool[] FindTokensWithinWords(Tokenizer tokenizer) =>
    [
        .. Enumerable.Range(0, tokenizer.VocabularySize)
            .Select(id => tokenizer.IsPartialCharacter(id) || WordEnds.IsWithinWord(tokenizer.Decode([id]))),
    ];

    /// <summary>Takes one step. Returns whether the search can continue.</summary>
    public bool Advance()
    {
        if (results.Count == MaximumResults || steps == MaximumSteps || !candidates.TryDequeue(out Candidate? candidate, out _))
            return false;
        if (!candidate.IsComplete) Extend(candidate);
        else if (results.TrueForAll(other => other.Text != candidate.Text))
            results.Add(new(candidate.Text, Math.Exp(candidate.LogProbability)));
        return true;
    }

    private void Extend(Candidate candidate)
    {
        steps++;
        GenerationSession session = candidate.Before;
        if (candidate.Ids.Length > 0)
        {
            session = session.Fork();
            session.Append(candidate.Ids[^1]);
        }

        if (tokenizer.Kind == TokenizerKind.Words) ExtendByWords(candidate, session);
        else ExtendByCharacters(candidate, session);
    }

    private void ExtendByWords(Candidate candidate, GenerationSession session)
    {
        ReadOnlySpan<double> logProbabilities = session.Predict().LogProbabilities;
        string prefix = candidate.Ids.Length == 0 ? text.Prefix : "";
        List<(int Id, string Text, double LogProbability)> matches = [];
        double sum = 0;
        for (int id = 0; id < logProbabilities.Length; id++)
        {
            if (id == tokenizer.UnknownTokenId) continue;
            string token = tokenizer.Decode([id]);
            if (!token.StartsWith(prefix, StringComparison.Ordinal)) continue;
            matches.Add((id, token[prefix.Length..], logProbabilities[id]));
            sum += Math.Exp(logProbabilities[id]);
        }

        foreach ((int id, string rest, double logProbability) in matches.OrderByDescending(match => match.LogProbability).Take(Breadth))
        {
            double total = candidate.LogProbability + logProbability - Math.Log(sum);
            Add(new([.. candidate.Ids, id], rest, total, IsComplete: rest.Length > 0, session));
        }
    }

    private void ExtendByCharacters(Candidate candidate, GenerationSession session)
    {
        Prediction prediction = session.Predict();
        bool isThorough = steps <= ThoroughSteps, isWord = WordEnds.EndsWithinWord(candidate.Text) && !IsIncomplete(candidate.Text);
        double end = isWord ? 1 - ProbabilityWithinWord(prediction) : 0;
        IEnumerable<int> next = prediction.GetMostLikely(prediction.LogProbabilities.Length)
            .Where(id => !isWord || isWithinWord[id])
            .Take(isThorough ? Breadth : 1);
        bool continues = isThorough || next.All(id => Math.Exp(prediction.LogProbabilities[id]) > end);
        if (end > 0 && (isThorough || !continues))
            Add(candidate with { LogProbability = candidate.LogProbability + Math.Log(end), IsComplete = true });
        foreach (int id in continues ? next : [])
            AddCharacter(candidate, session, id, candidate.LogProbability + prediction.LogProbabilities[id]);
    }

    private void AddCharacter(Candidate candidate, GenerationSession session, int id, double logProbability)
    {
        int[] ids = [.. candidate.Ids, id];
        string added = tokenizer.Decode(ids);
        bool canContinue = added.EndsWith(' ') || IsIncomplete(added) || WordEnds.EndsWithinWord(added);
        bool isComplete = ids.Length >= MaximumWordTokens || !canContinue;
        Add(new(ids, added, logProbability, isComplete, session));
    }

    private double ProbabilityWithinWord(Prediction prediction)
    {
        double sum = 0;
        for (int id = 0; id < isWithinWord.Length; id++)
            if (isWithinWord[id]) sum += Math.Exp(prediction.LogProbabilities[id]);
        return sum;
    }

    /// <summary>Whether the last character lacks bytes.</summary>
    private bool IsIncomplete(string added) => tokenizer.Kind == TokenizerKind.Bytes && added.EndsWith('\uFFFD');

    private void Add(Candidate candidate)
    {
        // A token with probability 0 is never suggested.
        if (candidate.LogProbability > double.NegativeInfinity) candidates.Enqueue(candidate, -candidate.LogProbability);
    }

    /// <summary>A word, or the beginning of one.</summary>
    /// <param name="Ids">Its tokens.</param>
    /// <param name="Text">Their text, without the prefix that is already typed.</param>
    /// <param name="LogProbability">Its log-probability.</param>
    /// <param name="IsComplete">Whether it is a complete word.</param>
    /// <param name="Before">The session before the last token.</param>
    private sealed record Candidate(int[] Ids, string Text, double LogProbability, bool IsComplete, GenerationSession Before);
}
