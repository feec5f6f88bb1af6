using System.Runtime.InteropServices;
using Aphorist.Generation.Sampling;

namespace Aphorist.Generation;

/// <summary>A text of a batch: it reads its prompt and is then generated, token by token.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="options">The options.</param>
/// <param name="alternatives">The number of most likely tokens to return with each token; null if the tokens are not returned.</param>
internal sealed class TextRow(Tokenizer tokenizer, CompiledOptions options, int? alternatives = null)
{
    private readonly TextAssembler assembler = new(tokenizer, options);
    private readonly TokenScorer? scorer = alternatives is int count ? new(tokenizer, count, long.MaxValue, knowsWords: false) : null;
    private readonly List<char> text = [];
    private PromptScorer? promptScorer;
    private int[] prompt = [];
    private int position, unseen;
    private bool restarts;

    /// <summary>Whether the prompt is read, as far as that is needed, and the text has its last token.</summary>
    public bool IsOver => Failure is not null || (assembler.IsOver && (position == prompt.Length || promptScorer is null));

    /// <summary>Why the text cannot go on; null if it can.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether <see cref="Next"/> needs logits.</summary>
    public bool NeedsLogits => promptScorer is not null || position == prompt.Length;

    /// <summary>The number of tokens that were generated.</summary>
    public int GeneratedTokens => assembler.Count;

    /// <summary>Why the text is over.</summary>
    public FinishReason FinishReason => assembler.IsStopped ? FinishReason.Stop : FinishReason.Length;

    /// <summary>
    /// Whether the state must be carried from token to token now, also in window mode. This is how prompts are scored; then the part of the
    /// prompt that the model sees is read again.
    /// </summary>
    public bool CarriesState { get; private set; }

    /// <summary>Starts a text.</summary>
    /// <param name="seed">The seed of the text.</param>
    /// <param name="prompt">The tokens of the prompt.</param>
    /// <param name="unseen">The number of first tokens of the prompt that the model does not see, or that it has read already.</param>
    public void Start(ulong seed, int[] prompt, int unseen)
    {
        (this.prompt, this.unseen, position) = (prompt, unseen, unseen);
        assembler.Start(seed, prompt);
        text.Clear();
    }

    /// <summary>Scores the prompt of a text that has started.</summary>
    /// <param name="scorer">What receives the probabilities of the prompt's tokens.</param>
    /// <param name="carriesState">Whether the state is carried from token to token meanwhile.</param>
    public void ScorePrompt(PromptScorer scorer, bool carriesState)
    {
        if (prompt.Length == 0) return;
        (promptScorer, CarriesState, position) = (scorer, carriesState, 0);
    }

    /// <summary>Returns once whether the text starts again from a zero state, because its prompt is scored now.</summary>
    public bool TakeRestart()
    {
        bool taken = restarts;
        restarts = false;
        return taken;
    }

    /// <summary>Returns the next token: of the prompt or, after it, a sampled one.</summary>
    public int Next(Sampler sampler, ReadOnlySpan<float> logits)
    {
        if (position < prompt.Length)
        {
            int read = prompt[position++];
            promptScorer?.Add(read, logits);
            if (position == prompt.Length && promptScorer is not null) EndPrompt();
            return read;
        }

        int id = assembler.Sample(sampler, logits, out string piece);
        if (scorer is null)
        {
            text.AddRange(piece.AsSpan());
        }
        else
        {
            scorer.Add(new(id), logits);
            scorer.AddText(piece);
        }

        return id;
    }

    private void EndPrompt()
    {
        promptScorer!.End();
        promptScorer = null;
        if (!CarriesState) return;
        (CarriesState, restarts, position) = (false, true, unseen);
    }

    /// <summary>Removes the text that was generated since the last call, or its tokens if they are scored.</summary>
    public void MoveTo(List<char> characters, List<ScoredToken> tokens)
    {
        string rest = assembler.IsOver ? assembler.Finish() : "";
        if (scorer is null)
        {
            characters.AddRange(CollectionsMarshal.AsSpan(text));
            characters.AddRange(rest.AsSpan());
            text.Clear();
            return;
        }

        scorer.AddText(rest);
        while (scorer.TryTake(assembler.IsOver, out ScoredToken? token))
        {
            characters.AddRange(token.Text.AsSpan());
            tokens.Add(token);
        }
    }

    /// <summary>Ends the text and returns it.</summary>
    public string Finish()
    {
        text.AddRange(assembler.Finish().AsSpan());
        return new string(CollectionsMarshal.AsSpan(text));
    }
}

/// <summary>Scores the tokens of a prompt while it is read.</summary>
/// <param name="tokenizer">The tokenizer.</param>
/// <param name="alternatives">The number of most likely tokens to return with each token.</param>
/// <param name="unknownWords">What the unknown tokens of the prompt stand for, in order; null if that is not known.</param>
internal sealed class PromptScorer(Tokenizer tokenizer, int alternatives, IReadOnlyList<string>? unknownWords)
{
    private readonly TokenScorer scorer = new(tokenizer, alternatives, long.MaxValue, knowsWords: unknownWords is not null);
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private int words;
    private bool isOver;

    /// <summary>Adds a token and the logits that predicted it.</summary>
    public void Add(int id, ReadOnlySpan<float> logits)
    {
        string? word = unknownWords is not null && id == tokenizer.UnknownTokenId ? unknownWords[words++] : null;
        scorer.Add(new(id, word), logits);
        scorer.AddText(word ?? decoder.Append(id));
    }

    /// <summary>Ends the prompt.</summary>
    public void End()
    {
        scorer.AddText(decoder.Flush());
        isOver = true;
    }

    /// <summary>Removes the tokens whose texts are certain.</summary>
    public void MoveTo(List<ScoredToken> tokens)
    {
        while (scorer.TryTake(isOver, out ScoredToken? token)) tokens.Add(token);
    }
}
