using System.Globalization;
using System.Text;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>A text that a person and a model write together: what the keys do, without the keys.</summary>
internal sealed class PlaySession
{
    private const double HighestTemperature = 5;
    private const int UnknownNamed = 4;

    private readonly Tokenizer tokenizer;
    private readonly CancellationToken cancellationToken;
    private readonly SessionCache trail;
    private readonly bool[] isWithinWord;
    private readonly Stack<PlayText> earlier = new();
    private SamplingOptions sampling;
    private PartialWord? reading;
    private SuggestionSearch? search;
    private WritingRun? run;
    private ulong stretches;
    private bool isTyping;

    /// <param name="generator">The model, ready to write.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="sampling">How it chooses its tokens; each stretch with another seed, counted on from this one's.</param>
    /// <param name="cancellationToken">Stops the reading of long texts.</param>
    /// <exception cref="ArgumentException">The options do not fit the model.</exception>
    public PlaySession(TextGenerator generator, Tokenizer tokenizer, SamplingOptions sampling, CancellationToken cancellationToken)
    {
        (this.tokenizer, this.sampling, this.cancellationToken) = (tokenizer, sampling, cancellationToken);
        trail = new SessionCache(generator.CreateSession(sampling));
        isWithinWord = SuggestionSearch.WithinWord(tokenizer);
    }

    /// <summary>The text so far.</summary>
    public PlayText Text { get; private set; } = PlayText.Empty;

    /// <summary>The likeliest ways on that are found so far.</summary>
    public IReadOnlyList<Suggestion> Suggestions => search?.Found ?? [];

    /// <summary>Which of them is selected.</summary>
    public int Selected { get; private set; }

    /// <summary>What is to be said about the last key; else empty.</summary>
    public string Note { get; set; } = "";

    /// <summary>The temperature at which the model writes.</summary>
    public double Temperature => sampling.Temperature;

    /// <summary>Whether the model is writing.</summary>
    public bool IsWriting => run is not null;

    /// <summary>Adds what someone types, as the model's corpus was normalised; what the model does not know is left out, and a note says so.</summary>
    public void Type(string typed)
    {
        string text = tokenizer.Normalization.Apply(typed);
        // A word may be unknown only because it is not finished.
        if (tokenizer.UnknownTokenId is null)
        {
            int[] known = tokenizer.EncodeSkippingUnknown(text, out IReadOnlyList<string> unknown);
            if (unknown.Count > 0) (text, Note) = (tokenizer.Decode(known), $"The model does not know {NamesOf(unknown)}.");
        }

        // Letters typed one after the other are undone as a word.
        bool isLetter = text.Length > 0 && WordEnds.IsWithinWord(text);
        Change(Text.Append(text, isWritten: false), isOneStep: isTyping && isLetter);
        isTyping = isLetter;
    }

    /// <summary>Adds a suggestion, if there is one of this number; who is faster than the model waits for it.</summary>
    public void Accept(int number)
    {
        while (Suggestions.Count <= number && Think())
        {
        }

        if (number < Suggestions.Count) Change(Text.Append(Suggestions[number].Text, isWritten: true));
    }

    /// <summary>Selects a suggestion further down, or up.</summary>
    public void Select(int by) => Selected = Math.Clamp(Selected + by, 0, Math.Max(Suggestions.Count - 1, 0));

    /// <summary>Takes away the last character.</summary>
    public void Erase() => Change(Text.WithoutLast());

    /// <summary>Goes back to before the last change.</summary>
    public void Undo()
    {
        isTyping = false;
        if (earlier.TryPop(out PlayText? text)) Show(text);
        else Note = "There is nothing to undo.";
    }

    /// <summary>Makes the model write more boldly, or more surely.</summary>
    public void Warm(double by)
    {
        double temperature = Math.Round(Math.Clamp(sampling.Temperature + by, 0, HighestTemperature), 2);
        sampling = sampling with { Temperature = temperature };
        run?.Change(sampling);
        Note = string.Create(CultureInfo.InvariantCulture, $"Temperature {temperature:0.0#}{(temperature == 0 ? ": always the likeliest" : "")}.");
    }

    /// <summary>Lets the model write.</summary>
    public void Begin(WriteExtent stretch)
    {
        PartialWord text = PartialWord.ToWriteOn(Text.ToString(), tokenizer);
        SamplingOptions choices = sampling with { Seed = sampling.Seed + stretches++ };
        run = new WritingRun(tokenizer, text, trail.At(text.Read, cancellationToken), choices, stretch);
        isTyping = false;
        earlier.Push(Text);
    }

    /// <summary>Lets the model write one more token of the stretch that is begun.</summary>
    public void Write()
    {
        Show(Text.Append(run!.Write(), isWritten: true));
        if (run.IsOver) Stop();
    }

    /// <summary>Stops the model.</summary>
    public void Stop()
    {
        if (run is null) return;
        trail.Take(run.Ids, run.Session);
        run = null;
    }

    /// <summary>Looks for suggestions a little longer, and returns whether there is more to look for.</summary>
    public bool Think()
    {
        if (search is not null) return search.Advance();
        PartialWord text = reading ??= PartialWord.Of(Text.ToString(), tokenizer);
        if (trail.ReadPart(text.Read) is GenerationSession session) search = new SuggestionSearch(tokenizer, session, text, isWithinWord);
        return true;
    }

    private void Change(PlayText text, bool isOneStep = false)
    {
        isTyping = false;
        if (ReferenceEquals(text, Text)) return;
        if (!isOneStep) earlier.Push(Text);
        Show(text);
    }

    private void Show(PlayText text) => (Text, reading, search, Selected) = (text, null, null, 0);

    private static string NamesOf(IReadOnlyList<string> unknown)
    {
        string names = string.Join(", ", unknown.Take(UnknownNamed).Select(one => CharacterName.Of(Rune.GetRuneAt(one, 0))));
        return unknown.Count > UnknownNamed ? $"{names} and {unknown.Count - UnknownNamed} more" : names;
    }
}
