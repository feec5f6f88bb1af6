using Aphorist.Generation;
using Aphorist.Model;
using Aphorist.Numerics;
using Xunit;

namespace Aphorist.Tests.Generation;

public sealed class RowBatchTests
{
    [Fact]
    public void Advance_OneTextFails_TheOthersGoOn()
    {
        WordTokenizer tokenizer = WordTokenizer.Create(Corpus.FromText("the the the cat"), minimumCount: 2);
        LanguageModel model = LanguageModel.Create(new ModelSpec { HiddenSize = 9 }, tokenizer);
        PackedWeights weights = new(model, InstructionSet.Current);
        weights.Refresh();
        using GenerationThreads threads = new(2);
        RowBatch batch = new(weights, GenerationMode.Stateful, threads, slots: 3);
        CompiledOptions options = new(new() { MaxTokens = 20, Seed = 1 }, tokenizer);
        int[] prompt = tokenizer.Encode("the dog");
        TextRow[] rows = [.. Enumerable.Range(0, 3).Select(_ => new TextRow(tokenizer, options))];
        foreach (TextRow row in rows)
        {
            row.Start(1, prompt, unseen: 0);
            // The unknown word of the prompt is missing, so the second text fails.
            if (row == rows[1]) row.ScorePrompt(new PromptScorer(tokenizer, alternatives: 0, unknownWords: []), carriesState: false);
            batch.Add(row, state: null);
        }

        while (!rows[0].IsOver || !rows[2].IsOver) batch.Advance(steps: 4);
        Assert.IsType<ArgumentOutOfRangeException>(rows[1].Failure);
        string expected = new TextGenerator(model).Generate("the dog", options.Options, TestContext.Current.CancellationToken);
        Assert.Equal([expected, expected], [rows[0].Finish(), rows[2].Finish()]);
    }
}
