namespace Aphorist.Cli.Commands.Play;

/// <summary>
/// Finds the likeliest next words, the likeliest first, in small steps: always the likeliest beginning of a word is looked at next, so that none that is found
/// later can be likelier. A word of a model that knows no words is as likely as its characters one after the other and then an end of the word. What stands between words,
/// but for a space, counts as one too.
/// </summary>
internal sealed class SuggestionSearch
{
    /// <summary>How many are looked for.</summary>
    public const int Wanted = 9;

    private const int Breadth = 16;
    private const int LongestWord = 24;

    // From then on only the likeliest way on is followed; models that know nothing yet would be asked without end.
    private const int ThoroughSteps = 256;
    private const int MostSteps = 2 * ThoroughSteps;

    private readonly Tokenizer tokenizer;
    private readonly GenerationSession start;
    private readonly PartialWord open;
    private readonly bool[] isWithinWord;
    private readonly PriorityQueue<Beginning, double> beginnings = new();
    private readonly List<Suggestion> found = [];
    private int steps;

    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <param name="start">Where the text has come to; it is left as it is.</param>
    /// <param name="open">What is typed of the next word already.</param>
    /// <param name="isWithinWord">Of each token, whether a word goes on with it.</param>
    public SuggestionSearch(Tokenizer tokenizer, GenerationSession start, PartialWord open, bool[] isWithinWord)
    {
        (this.tokenizer, this.start, this.open, this.isWithinWord) = (tokenizer, start, open, isWithinWord);
        Add(new([], "", 0, false, start));
    }

    /// <summary>What is found so far.</summary>
    public IReadOnlyList<Suggestion> Found => found;

    /// <summary>Of each token, whether a word goes on with it.</summary>
    public static bool[] WithinWord(Tokenizer tokenizer) =>
        [.. Enumerable.Range(0, tokenizer.VocabularySize).Select(id => tokenizer.IsPartialCharacter(id) || WordEnds.IsWithinWord(tokenizer.GetText(id)))];

    /// <summary>Takes one step, and returns whether there is another.</summary>
    public bool Advance()
    {
        if (found.Count == Wanted || steps == MostSteps || !beginnings.TryDequeue(out Beginning? beginning, out _)) return false;
        if (!beginning.IsWhole) Extend(beginning);
        else if (found.TrueForAll(other => other.Text != beginning.Text)) found.Add(new(beginning.Text, Math.Exp(beginning.LogProbability)));
        return true;
    }

    private void Extend(Beginning beginning)
    {
        steps++;
        GenerationSession session = beginning.Before;
        if (beginning.Ids.Length > 0)
        {
            session = session.Fork();
            session.Append(beginning.Ids[^1]);
        }

        if (tokenizer.Kind == TokenizerKind.Words) ExtendByWords(beginning, session);
        else ExtendByCharacters(beginning, session);
    }

    private void ExtendByWords(Beginning beginning, GenerationSession session)
    {
        ReadOnlySpan<double> logProbabilities = session.Predict().LogProbabilities;
        string rest = beginning.Ids.Length == 0 ? open.Rest : "";
        List<(int Id, string Text, double LogProbability)> fitting = [];
        double sum = 0;
        for (int id = 0; id < logProbabilities.Length; id++)
        {
            string token = tokenizer.GetText(id);
            if (id == tokenizer.UnknownTokenId || !token.StartsWith(rest, StringComparison.Ordinal)) continue;
            fitting.Add((id, token[rest.Length..], logProbabilities[id]));
            sum += Math.Exp(logProbabilities[id]);
        }

        foreach ((int id, string text, double logProbability) in fitting.OrderByDescending(one => one.LogProbability).Take(Breadth))
            Add(new([.. beginning.Ids, id], text, beginning.LogProbability + logProbability - Math.Log(sum), text.Length > 0, session));
    }

    private void ExtendByCharacters(Beginning beginning, GenerationSession session)
    {
        Prediction prediction = session.Predict();
        bool isThorough = steps <= ThoroughSteps, isWord = WordEnds.EndsWithinWord(beginning.Text) && !IsBroken(beginning.Text);
        double end = isWord ? 1 - ShareWithinWord(prediction) : 0;
        IEnumerable<int> next = prediction.GetMostLikely(prediction.LogProbabilities.Length).Where(id => !isWord || isWithinWord[id]).Take(isThorough ? Breadth : 1);
        bool goesOn = isThorough || next.All(id => Math.Exp(prediction.LogProbabilities[id]) > end);
        if (end > 0 && (isThorough || !goesOn)) Add(beginning with { LogProbability = beginning.LogProbability + Math.Log(end), IsWhole = true });
        foreach (int id in goesOn ? next : []) AddCharacter(beginning, session, id, beginning.LogProbability + prediction.LogProbabilities[id]);
    }

    private void AddCharacter(Beginning beginning, GenerationSession session, int id, double logProbability)
    {
        int[] ids = [.. beginning.Ids, id];
        string text = tokenizer.Decode(ids);
        bool isWhole = ids.Length >= LongestWord || !(text.EndsWith(' ') || IsBroken(text) || WordEnds.EndsWithinWord(text));
        Add(new(ids, text, logProbability, isWhole, session));
    }

    private double ShareWithinWord(Prediction prediction)
    {
        double share = 0;
        for (int id = 0; id < isWithinWord.Length; id++)
            if (isWithinWord[id]) share += Math.Exp(prediction.LogProbabilities[id]);
        return share;
    }

    /// <summary>Whether bytes are lacking.</summary>
    private bool IsBroken(string text) => tokenizer.Kind == TokenizerKind.Bytes && text.EndsWith('\uFFFD');

    private void Add(Beginning beginning)
    {
        // What the model rules out is never suggested.
        if (beginning.LogProbability > double.NegativeInfinity) beginnings.Enqueue(beginning, -beginning.LogProbability);
    }

    /// <summary>The beginning of a word, or a whole one.</summary>
    /// <param name="Ids">Its tokens.</param>
    /// <param name="Text">Their text, without what was typed already.</param>
    /// <param name="LogProbability">How likely it is.</param>
    /// <param name="IsWhole">Whether it is a whole word.</param>
    /// <param name="Before">A session that has read all tokens but the last; at the start, all.</param>
    private sealed record Beginning(int[] Ids, string Text, double LogProbability, bool IsWhole, GenerationSession Before);
}
