using System.Runtime.InteropServices;
using Aphorist.Generation.Sampling;

namespace Aphorist.Generation;

/// <summary>Samples the tokens of one text, turns them into text, and knows when the text ends.</summary>
internal sealed class TextAssembler
{
    private readonly Tokenizer tokenizer;
    private readonly TokenDecoder decoder;
    private readonly StopSequenceMatcher stops;
    private readonly SamplerState sampled;
    private readonly int? maxTokens;
    private readonly int minTokens;
    private readonly List<int> excluded = [];

    public TextAssembler(Tokenizer tokenizer, CompiledOptions options)
    {
        this.tokenizer = tokenizer;
        (maxTokens, minTokens) = (options.Options.MaxTokens, options.Options.MinTokens);
        decoder = tokenizer.CreateDecoder();
        stops = new StopSequenceMatcher(options.StopSequences);
        sampled = new SamplerState(options.Chain, options.Seed);
    }

    /// <summary>Whether the text has its last token.</summary>
    public bool IsOver => Count == maxTokens || IsStopped;

    /// <summary>Whether a stop sequence was found.</summary>
    public bool IsStopped => stops.IsFound;

    /// <summary>The number of tokens.</summary>
    public int Count { get; private set; }

    /// <summary>Starts a text after a prompt.</summary>
    public void Start(ulong seed, int[] prompt)
    {
        sampled.Reset(seed);
        foreach (int id in prompt) sampled.AddPrompt(id);
        decoder.Flush();
        stops.Reset();
        Count = 0;
    }

    /// <summary>Samples the next token and adds it to the text.</summary>
    /// <param name="sampler">The sampler to use.</param>
    /// <param name="logits">[V].</param>
    /// <param name="piece">The text that is certain now; it may be empty.</param>
    public int Sample(Sampler sampler, ReadOnlySpan<float> logits, out string piece)
    {
        int id = Choose(sampler, logits);
        sampled.AddSampled(id);
        piece = Add(id);
        return id;
    }

    /// <summary>Adds a token and returns the text that is certain now; it may be empty.</summary>
    public string Add(int id)
    {
        Count++;
        string piece = decoder.Append(id);
        return stops.Any ? stops.Add(piece) : piece;
    }

    /// <summary>Ends the text and returns the rest of it.</summary>
    public string Finish()
    {
        string rest = decoder.Flush();
        if (!stops.Any) return rest;
        return stops.IsFound ? "" : stops.Finish() + rest;
    }

    private int Choose(Sampler sampler, ReadOnlySpan<float> logits)
    {
        int id = sampler.Choose(sampled, logits);
        if (Count >= minTokens || !stops.Any) return id;
        excluded.Clear();
        while (stops.WouldMatch(TextOf(id)) && excluded.Count + 1 < sampled.Chain.AllowedCount)
        {
            excluded.Add(id);
            id = sampler.Choose(sampled, logits, CollectionsMarshal.AsSpan(excluded));
        }

        return id;
    }

    /// <summary>The text of a token; empty for a byte that is only a part of a character.</summary>
    private string TextOf(int id) => tokenizer.IsPartialCharacter(id) ? "" : tokenizer.GetText(id);
}
