using System.Numerics.Tensors;
using Aphorist.Training;

namespace Aphorist.Interop;

/// <summary>Tries a vocabulary on a text, see <see cref="ImportedModel.Check"/>.</summary>
internal sealed class VocabularyTrial
{
    // Another order is better, or another mode than that of the training, if it saves this many nats per character, or this share of them.
    private const double ClearLoss = 0.05, ClearShare = 0.05;

    // Passages on which other orders are tried: enough, because other orders usually cost several nats per character.
    private const int PassagesForOrders = 60;

    // Pairs whose exchange is tried, of all that look exchanged.
    private const int PairsTried = 4;

    // Above this, a table of all pairs would take too much memory.
    private const int MaxVocabularyForPairs = 4096;

    // The nats that an exchange must save in the whole sample, besides what the best of all pairs can save by chance.
    private const double ClearGain = 5;

    private const int TokensForModes = 40_000, WindowsForModes = 4000;

    private readonly LanguageModel model;
    private readonly VocabularySample sample;
    private readonly CancellationToken cancellationToken;

    private VocabularyTrial(LanguageModel model, VocabularySample sample, CancellationToken cancellationToken) =>
        (this.model, this.sample, this.cancellationToken) = (model, sample, cancellationToken);

    private int Size => model.Tokenizer.VocabularySize;

    private double NeededGain => ClearGain + Math.Log(Size * (Size - 1.0) / 2);

    public static ImportCheck Run(
        ImportedModel imported, LanguageModel model, ImportedVocabulary vocabulary, Corpus corpus, CancellationToken cancellationToken)
    {
        int[] tokens = VocabularySample.Read(corpus, model.Tokenizer, out long unknown);
        VocabularySample sample = new(tokens, model);
        if (sample.Spread.Count == 0)
        {
            return new()
            {
                Count = 0,
                Loss = 0,
                UnigramLoss = 0,
                Characters = tokens.Length + unknown,
                UnknownCharacters = unknown,
                BestMode = imported.TrainedMode,
            };
        }

        VocabularyTrial trial = new(model, sample, cancellationToken);
        int[] identity = [.. Enumerable.Range(0, trial.Size)];
        double[]?[]? table = trial.Size <= MaxVocabularyForPairs ? new double[]?[trial.Size] : null;
        double loss = trial.Score(sample.Spread, identity, table);
        trial.Score(sample.Rare, identity, table);
        int count = sample.Spread.Count * (sample.Length - sample.Warmup);
        ImportCheck check = new()
        {
            Count = count,
            Loss = loss / count,
            UnigramLoss = UnigramLossOf(tokens, trial.Size),
            Characters = tokens.Length + unknown,
            UnknownCharacters = unknown,
            BestMode = imported.TrainedMode,
        };
        CharacterTokenizer tokenizer = vocabulary.Tokenizer;
        if (trial.FindOrder(imported.VocabularySize, vocabulary, corpus) is var (order, better))
        {
            ImportedVocabulary other = ImportedVocabulary.TryCreate(corpus, tokenizer, order)!;
            int[] changed = [.. identity.Where(id => vocabulary.Places[id] != other.Places[id])];
            check = check with { BetterOrder = order, BetterLoss = better };
            if (changed is [int one, int two])
                check = check with { Exchanged = (tokenizer[one], tokenizer[two]), ExchangeGain = trial.GainOfExchange(one, two) };
        }
        else if (table is not null && trial.FindExchanged(table) is var (first, second, gain))
        {
            check = check with { Exchanged = (tokenizer[first], tokenizer[second]), ExchangeGain = gain };
        }

        if (!check.Fits) return check;
        if (table is not null) check = check with { Undecided = [.. trial.FindUndecided(table).Select(id => tokenizer[id])] };
        return trial.CompareModes(check, corpus.Name);
    }

    private static double UnigramLossOf(int[] tokens, int size)
    {
        long[] counts = new long[size];
        foreach (int token in tokens) counts[token]++;
        return counts.Where(count => count > 0).Sum(count => -(double)count / tokens.Length * Math.Log((double)count / tokens.Length));
    }

    /// <summary>Reads passages and returns their total loss.</summary>
    /// <param name="starts">The starts of the passages.</param>
    /// <param name="ids">The id of the model for each token of the text.</param>
    /// <param name="table">
    /// By token of the text: the sum, over its places, of the log-probability of each id of the model. Null to do without.
    /// </param>
    private double Score(IReadOnlyList<int> starts, int[] ids, double[]?[]? table)
    {
        double loss = 0;
        TextGenerator generator = new(model, GenerationMode.Stateful, threads: 1);
        foreach (int start in starts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using GenerationSession session = generator.CreateSession();
            for (int step = 0; step < sample.Length && start + step + 1 < sample.Tokens.Length; step++)
            {
                session.Append(ids[sample.Tokens[start + step]]);
                if (step < sample.Warmup) continue;
                ReadOnlySpan<double> predicted = session.Predict().LogProbabilities;
                int next = sample.Tokens[start + step + 1];
                loss -= predicted[ids[next]];
                if (table is null) continue;
                double[] sums = table[next] ??= new double[Size];
                TensorPrimitives.Add(sums, predicted, sums);
            }
        }

        return loss;
    }

    /// <summary>Tries the usual orders of the characters and returns the best one if it is clearly better than the given one.</summary>
    private (CharacterOrder Order, double Loss)? FindOrder(int size, ImportedVocabulary vocabulary, Corpus corpus)
    {
        // Entries that were left out have no row in this model.
        if (vocabulary.PlacesIn(size) is not { } places || places.Length != size) return null;
        int[] starts = [.. sample.Spread.Where((_, index) => index % Math.Max(1, sample.Spread.Count / PassagesForOrders) == 0)];
        int[] ours = new int[size];
        for (int id = 0; id < size; id++) ours[places[id]] = id;
        double predictions = starts.Length * (sample.Length - sample.Warmup);
        double given = Score(starts, [.. Enumerable.Range(0, size)], table: null) / predictions;
        (CharacterOrder Order, double Loss)? best = null;
        foreach (CharacterOrder order in Enum.GetValues<CharacterOrder>())
        {
            if (ImportedVocabulary.TryCreate(corpus, vocabulary.Tokenizer, order) is not { } other) continue;
            double loss = Score(starts, [.. Enumerable.Range(0, size).Select(id => ours[other.Places[id]])], table: null) / predictions;
            if (loss < (best?.Loss ?? given - ClearLoss)) best = (order, loss);
        }

        return best is { } found && found.Loss < UnigramLossOf(sample.Tokens, size) ? found : null;
    }

    /// <summary>Finds the two tokens whose exchange makes the text most likely, if that is clear.</summary>
    private (int First, int Second, double Gain)? FindExchanged(double[]?[] table)
    {
        List<(int First, int Second, double Gain)> pairs = [];
        for (int first = 0; first < Size; first++)
        {
            for (int second = first + 1; second < Size; second++)
            {
                double gain = GainOf(table, first, second);
                if (gain > 0) pairs.Add((first, second, gain));
            }
        }

        (int First, int Second, double Gain) best = pairs.OrderByDescending(pair => pair.Gain).Take(PairsTried)
            .Select(pair => pair with { Gain = GainOfExchange(pair.First, pair.Second) })
            .DefaultIfEmpty().MaxBy(pair => pair.Gain);
        return best.Gain > NeededGain ? best : null;
    }

    /// <summary>Finds the tokens whose exchange with another token this text would not reveal.</summary>
    private IEnumerable<int> FindUndecided(double[]?[] table) => Enumerable.Range(0, Size).Where(
        token => Enumerable.Range(0, Size).Any(other => other != token && GainOf(table, token, other) > -NeededGain));

    /// <summary>The nats that an exchange of two tokens saves, if each is predicted by the id of the other.</summary>
    private static double GainOf(double[]?[] table, int first, int second) =>
        (table[first] is { } one ? one[second] - one[first] : 0) + (table[second] is { } two ? two[first] - two[second] : 0);

    /// <summary>Reads the passages with two tokens again, with their ids exchanged, and returns the nats that this saves.</summary>
    private double GainOfExchange(int first, int second)
    {
        int[] ids = [.. Enumerable.Range(0, Size)], exchanged = [.. ids];
        (exchanged[first], exchanged[second]) = (second, first);
        int[] starts =
        [
            .. sample.Spread.Concat(sample.Rare).Where(start => sample.Tokens
                .AsSpan(start, Math.Min(sample.Length + 1, sample.Tokens.Length - start)).ContainsAny(first, second)),
        ];
        return Score(starts, ids, table: null) - Score(starts, exchanged, table: null);
    }

    /// <summary>
    /// A stride that meets all places of the strides that models are usually trained with, such as 3. A model may have memorized the
    /// windows of its training, and they would make window mode look better than it is on new text.
    /// </summary>
    private static int StrideOf(int windows)
    {
        int stride = Math.Max(1, windows / WindowsForModes);
        while (stride % 2 == 0 || stride % 3 == 0 || stride % 5 == 0) stride++;
        return stride;
    }

    /// <summary>Measures the loss in window mode and in stateful mode.</summary>
    private ImportCheck CompareModes(ImportCheck check, string name)
    {
        int[] tokens = sample.Tokens[..Math.Min(sample.Tokens.Length, TokensForModes)];
        int windows = tokens.Length - model.Spec.Window;
        if (windows < 2 * WindowsForModes / 10) return check;
        Corpus text = Corpus.FromText(model.Tokenizer.Decode(tokens), name, model.Tokenizer.Normalization);
        EvaluationOptions options = new() { UnknownCharacters = UnknownCharacterPolicy.Skip };
        double stateful = model.Evaluate(text, options, cancellationToken).LossPerToken;
        double window = model.Evaluate(
            text, options with { Objective = Objective.Windows, Stride = StrideOf(windows) }, cancellationToken)
            .LossPerToken;
        return check with
        {
            WindowLoss = window,
            StatefulLoss = stateful,
            BestMode = Math.Abs(window - stateful) < ClearShare * Math.Min(window, stateful) ? check.BestMode
                : window < stateful ? GenerationMode.Window
                : GenerationMode.Stateful,
        };
    }
}
