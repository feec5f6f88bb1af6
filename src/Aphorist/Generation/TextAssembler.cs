using System.Runtime.InteropServices;
using Aphorist.Generation.Sampling;

namespace Aphorist.Generation;

/// <summary>Turns the tokens of one text into its text, and knows when it is over.</summary>
internal sealed class TextAssembler
{
    private readonly Tokenizer tokenizer;
    private readonly TokenDecoder decoder;
    private readonly StopSequenceMatcher stops;
    private readonly int? length;
    private readonly int minimumLength;
    private readonly List<int> barred = [];
    private int written;

    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="plan">What is asked of the text.</param>
    public TextAssembler(Tokenizer tokenizer, CompiledRequest plan)
    {
        (this.tokenizer, length, minimumLength) = (tokenizer, plan.Length, plan.MinimumLength);
        decoder = tokenizer.CreateDecoder();
        stops = new StopSequenceMatcher(plan.StopTexts);
    }

    /// <summary>Whether no token comes any more.</summary>
    public bool IsOver => written == length || stops.IsFound;

    /// <summary>Begins another text.</summary>
    public void Begin()
    {
        decoder.Flush();
        stops.Begin();
        written = 0;
    }

    /// <summary>Chooses the next token.</summary>
    /// <param name="sampler">Who chooses.</param>
    /// <param name="text">For which text.</param>
    /// <param name="logits">[V].</param>
    public int Choose(Sampler sampler, SamplerState text, ReadOnlySpan<float> logits)
    {
        int id = sampler.Choose(text, logits);
        if (written >= minimumLength || !stops.Any) return id;
        barred.Clear();
        while (stops.WouldBeFound(PieceOf(id)) && barred.Count + 1 < sampler.Plan.AllowedCount)
        {
            barred.Add(id);
            id = sampler.Choose(text, logits, CollectionsMarshal.AsSpan(barred));
        }

        return id;
    }

    /// <summary>Takes a token and returns the text that is certain now; it may be empty.</summary>
    public string Append(int id)
    {
        written++;
        string piece = decoder.Append(id);
        return stops.Any ? stops.Add(piece) : piece;
    }

    /// <summary>Ends the text and returns what it still lacked.</summary>
    public string Finish()
    {
        string rest = decoder.Flush();
        if (!stops.Any) return rest;
        return stops.IsFound ? "" : stops.Finish() + rest;
    }

    /// <summary>A token's text; of a byte that is no character by itself, nothing.</summary>
    private string PieceOf(int id) => tokenizer.IsPartialCharacter(id) ? "" : tokenizer.GetText(id);
}
