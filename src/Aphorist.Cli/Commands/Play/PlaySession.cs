using System.Globalization;
using Aphorist.Cli.Commands.Generate;

namespace Aphorist.Cli.Commands.Play;

/// <summary>The text and everything the keys do to it, without the terminal.</summary>
internal sealed class PlaySession
{
    private const double MaximumTemperature = 5;
    private const int MaximumUnknownNames = 4;

    private readonly Tokenizer tokenizer;
    private readonly CancellationToken cancellationToken;
    private readonly SessionCache cache;
    private readonly bool[] isWithinWord;
    private readonly Stack<PlayText> earlier = new();
    private PlayText start = PlayText.Empty;
    private GenerationOptions options;
    private PartialWord? partial;
    private SuggestionSearch? search;
    private GenerationRun? run;
    private ulong runs;
    private bool isTyping;

    /// <param name="generator">The model.</param>
    /// <param name="options">The sampling options. Each generated passage has another seed, counted up from the one given here.</param>
    /// <param name="cancellationToken">Stops the reading of a long text.</param>
    /// <exception cref="AphoristException">The options do not fit the model.</exception>
    public PlaySession(TextGenerator generator, GenerationOptions options, CancellationToken cancellationToken)
    {
        (tokenizer, this.options, this.cancellationToken) = (generator.Tokenizer, options, cancellationToken);
        cache = new SessionCache(generator.CreateSession(options));
        isWithinWord = SuggestionSearch.FindTokensWithinWords(tokenizer);
    }

    /// <summary>The text so far.</summary>
    public PlayText Text { get; private set; } = PlayText.Empty;

    /// <summary>The text so far, without the text that it continues.</summary>
    public string NewText => Text.ToString()[start.Length..];

    /// <summary>The suggestions found so far, the most likely first.</summary>
    public IReadOnlyList<Suggestion> Suggestions => search?.Results ?? [];

    /// <summary>The number of the selected suggestion, from 0.</summary>
    public int Selected { get; private set; }

    /// <summary>A message about the last key, or an empty string.</summary>
    public string Message { get; set; } = "";

    /// <summary>The sampling temperature.</summary>
    public double Temperature => options.Temperature;

    /// <summary>Whether the model is generating.</summary>
    public bool IsGenerating => run is not null;

    /// <summary>Continues a text, which stays as it is: it can be neither erased nor undone.</summary>
    public void Continue(string text)
    {
        Type(text);
        if (Message.Length > 0) Message += " The file keeps them.";
        start = Text;
        earlier.Clear();
    }

    /// <summary>
    /// Appends typed text, normalized like the model's corpus. Characters that the model does not know are left out, with a message.
    /// </summary>
    public void Type(string typed)
    {
        string text = tokenizer.Normalization.Apply(typed);
        // A word may be unknown only because it is unfinished.
        if (tokenizer.Kind != TokenizerKind.Words)
        {
            int[] known = tokenizer.EncodeSkippingUnknown(text, out IReadOnlyList<string> unknown);
            if (unknown.Count > 0)
            {
                text = tokenizer.Decode(known);
                Message = $"The model does not know {PromptArguments.NamesOf(unknown, MaximumUnknownNames)}.";
            }
        }

        // Letters typed one after another are undone as one word.
        bool isLetter = text.Length > 0 && WordEnds.IsWithinWord(text);
        Change(Text.Append(text, isGenerated: false), isSameStep: isTyping && isLetter);
        isTyping = isLetter;
    }

    /// <summary>Appends the suggestion with this number. If it is not found yet, the search continues until it is.</summary>
    public void Accept(int number)
    {
        while (Suggestions.Count <= number && Search())
        {
        }

        if (number < Suggestions.Count) Change(Text.Append(Suggestions[number].Text, isGenerated: true));
    }

    /// <summary>Moves the selection down, or up.</summary>
    public void Select(int steps) => Selected = Math.Clamp(Selected + steps, 0, Math.Max(Suggestions.Count - 1, 0));

    /// <summary>Removes the last character.</summary>
    public void Erase()
    {
        PlayText shorter = Text.WithoutLastCharacter();
        bool isNew = shorter.Length >= start.Length;
        if (!isNew) Message = "The text that was in the file stays.";
        Change(isNew ? shorter : start);
    }

    /// <summary>Undoes the last change.</summary>
    public void Undo()
    {
        isTyping = false;
        if (earlier.TryPop(out PlayText? text)) Show(text);
        else Message = "There is nothing to undo.";
    }

    /// <summary>Raises or lowers the temperature, also while the model generates.</summary>
    public void AdjustTemperature(double difference)
    {
        double temperature = Math.Round(Math.Clamp(options.Temperature + difference, 0, MaximumTemperature), 2);
        options = options with { Temperature = temperature };
        run?.ChangeOptions(options);
        Message = string.Create(
            CultureInfo.InvariantCulture, $"Temperature {temperature:0.0#}{(temperature == 0 ? ": always the most likely token" : "")}.");
    }

    /// <summary>Starts generating.</summary>
    public void Start(GenerationExtent extent)
    {
        PartialWord text = PartialWord.ForGeneration(Text.ToString(), tokenizer);
        GenerationOptions seeded = options with { Seed = options.Seed + runs++ };
        run = new GenerationRun(tokenizer, text, cache.Get(text.Ids, cancellationToken), seeded, extent);
        isTyping = false;
        earlier.Push(Text);
    }

    /// <summary>Generates the next token.</summary>
    public void Generate()
    {
        Show(Text.Append(run!.Next(), isGenerated: true));
        if (run.IsDone) Stop();
    }

    /// <summary>Stops generating.</summary>
    public void Stop()
    {
        if (run is null) return;
        cache.Store(run.Ids, run.Session);
        run = null;
    }

    /// <summary>Searches for suggestions a little longer. Returns whether the search can continue.</summary>
    public bool Search()
    {
        if (search is not null) return search.Advance();
        PartialWord text = partial ??= PartialWord.ForSuggestions(Text.ToString(), tokenizer);
        if (cache.Advance(text.Ids) is GenerationSession session) search = new SuggestionSearch(tokenizer, session, text, isWithinWord);
        return true;
    }

    private void Change(PlayText text, bool isSameStep = false)
    {
        isTyping = false;
        if (ReferenceEquals(text, Text)) return;
        if (!isSameStep) earlier.Push(Text);
        Show(text);
    }

    private void Show(PlayText text) => (Text, partial, search, Selected) = (text, null, null, 0);
}
