using System.Globalization;

namespace Aphorist.Server.Protocol;

/// <summary>A request for texts, read from the body of an HTTP request.</summary>
/// <param name="kind">The endpoint: a single value.</param>
/// <param name="limits">The limits of the server.</param>
internal sealed class TextRequest(RequestKinds kind, AphoristServerOptions limits)
{
    private const int DefaultMaxTokens = 16;

    /// <summary>
    /// The most log-probabilities in an answer. They take memory, about 100 bytes each, until the answer is complete.
    /// </summary>
    private const long MaxLogprobs = 1_000_000;

    private const int MaxPenaltyWindow = 1_000_000;

    private bool hasMaxTokens, hasStreamOptions, hasNoPenalties;

    public RequestKinds Kind => kind;

    /// <summary>The name of the model; null for the only one.</summary>
    public string? Model { get; set; }

    public IReadOnlyList<Prompt> Prompts { get; set; } = [Prompt.Empty];

    /// <summary>The options. Their seed is that of the first text of each prompt.</summary>
    public GenerationOptions Options { get; set; } = new() { MaxTokens = Math.Min(DefaultMaxTokens, limits.MaxTokens) };

    /// <summary>The most texts of a request: more would never fit into the queue.</summary>
    public int MaxTexts => Math.Max(1, limits.MaxQueue);

    /// <summary>The number of choices for each prompt.</summary>
    public int TextsPerPrompt { get; set; } = 1;

    /// <summary>The number of texts to generate for each prompt; null for <see cref="TextsPerPrompt"/>.</summary>
    public int? BestOf { get; set; }

    /// <summary>The number of texts to generate for each prompt.</summary>
    public int CandidatesPerPrompt => BestOf ?? TextsPerPrompt;

    public bool IsStreamed { get; set; }

    /// <summary>Whether a stream ends with the usage.</summary>
    public bool IncludesUsage { get; private set; }

    /// <summary>Whether the answer has log-probabilities.</summary>
    public bool HasLogprobs { get; set; }

    /// <summary>The number of most likely tokens to return with each token.</summary>
    public int? Alternatives { get; set; }

    /// <summary>The most log-probabilities of the request that are in memory at the same time.</summary>
    public long LogprobsInMemory { get; private set; }

    /// <summary>Whether the texts start with the prompt.</summary>
    public bool Echoes { get; set; }

    /// <summary>The fields that nothing knows.</summary>
    public List<string> IgnoredFields { get; } = [];

    private string LogprobsField => kind == RequestKinds.Chat ? "top_logprobs" : "logprobs";

    /// <summary>Reads the fields of a body.</summary>
    /// <exception cref="ApiException">A field is wrong.</exception>
    public void Read(FieldValue body)
    {
        IReadOnlyDictionary<string, FieldValue> fields = body.Fields();
        foreach ((string name, FieldValue value) in fields)
        {
            try
            {
                if (RequestFields.Find(name, kind) is { } field) field.Read?.Invoke(this, value);
                else IgnoredFields.Add(name);
            }
            catch (InvalidOptionsException exception)
            {
                throw RequestFields.Translate(exception);
            }
        }

        if (kind == RequestKinds.Chat && !fields.ContainsKey("messages"))
            throw new ApiException(400, "messages is missing. Send a list with at least one message.", "messages");
        Validate();
    }

    /// <summary>Checks what depends on the model.</summary>
    /// <exception cref="ApiException">A field does not fit the model.</exception>
    public void Validate(int vocabularySize)
    {
        if (Alternatives > vocabularySize)
        {
            throw new ApiException(
                400, $"{LogprobsField} is {Alternatives}, but the model has only {vocabularySize} tokens.", LogprobsField);
        }

        // As other servers do: more than all is all.
        if (Options.TopK >= vocabularySize) Options = Options with { TopK = 0 };
        foreach (Prompt prompt in Prompts)
        {
            int wrong = Array.FindIndex(prompt.Ids ?? [], id => id >= vocabularySize);
            if (wrong < 0) continue;
            string path = $"{prompt.Path}[{wrong}]";
            throw new ApiException(
                400, $"{path} is {prompt.Ids![wrong]}, but the token ids of the model are 0 to {vocabularySize - 1}.", prompt.Field);
        }
    }

    public void SetMaxTokens(FieldValue value)
    {
        int maxTokens = value.Integer(0, limits.MaxTokens);
        if (hasMaxTokens && maxTokens != Options.MaxTokens)
            throw new ApiException(400, "max_tokens and max_completion_tokens have different values. Send one of them.", value.Path);
        (Options, hasMaxTokens) = (Options with { MaxTokens = maxTokens }, true);
    }

    /// <summary>Sets the number of tokens that penalties count, with the meanings that 0 and -1 have in llama.cpp: none, and all.</summary>
    public void SetPenaltyWindow(FieldValue value)
    {
        int window = value.Integer(-1, MaxPenaltyWindow);
        // The penalties may be read later.
        hasNoPenalties = window == 0;
        if (window != 0) Options = Options with { PenaltyWindow = window > 0 ? window : MaxPenaltyWindow };
    }

    public void SetStreamOptions(IReadOnlyDictionary<string, FieldValue> fields)
    {
        hasStreamOptions = true;
        foreach ((string name, FieldValue value) in fields)
        {
            if (name == "include_usage") IncludesUsage = value.Boolean();
            else IgnoredFields.Add(value.Path);
        }
    }

    private void Validate()
    {
        if (hasStreamOptions && !IsStreamed)
            throw new ApiException(400, "stream_options needs stream. Set stream to true, or remove stream_options.", "stream_options");
        if (BestOf < TextsPerPrompt)
            throw new ApiException(400, $"best_of is {BestOf}, but n is {TextsPerPrompt}. best_of must be at least n.", "best_of");
        if (BestOf > TextsPerPrompt && IsStreamed)
            throw new ApiException(400, "best_of must be n if stream is true: which texts are best is known at the end.", "best_of");
        if (kind == RequestKinds.Completion) HasLogprobs = Alternatives is not null;
        else if (Alternatives is not null && !HasLogprobs)
            throw new ApiException(400, "top_logprobs needs logprobs. Set logprobs to true, or remove top_logprobs.", "top_logprobs");

        if (hasNoPenalties) Options = Options with { RepetitionPenalty = 1, FrequencyPenalty = 0, PresencePenalty = 0 };
        long texts = (long)Prompts.Count * CandidatesPerPrompt;
        if (texts > MaxTexts)
            throw new ApiException(
                400, $"The request asks for {texts} texts, but at most {MaxTexts} fit into the queue. Send several requests.",
                Prompts.Count > 1 ? "prompt" : BestOf > TextsPerPrompt ? "best_of" : "n");
        ValidateLogprobs(texts);
    }

    private void ValidateLogprobs(long texts)
    {
        if (!HasLogprobs) return;
        long promptTokens = Echoes ? Prompts.Sum(prompt => prompt.Ids?.LongLength ?? prompt.Text.Length) : 0;
        long tokens = (texts * (Options.MaxTokens ?? 0)) + (promptTokens * CandidatesPerPrompt);
        // Each factor is at most 2^31, except the tokens: their number is limited by the size of a body and by 128 texts.
        double perToken = 1.0 + (Alternatives ?? 0), count = tokens * perToken;
        if (count <= MaxLogprobs)
        {
            // What a stream has in memory is what its texts are ahead of their reader.
            double ahead = texts * (GenerationScheduler.MaxUnread + (GenerationScheduler.MaxTokensPerRound * perToken));
            LogprobsInMemory = (long)(IsStreamed ? Math.Min(count, ahead) : count);
            return;
        }

        throw new ApiException(
            400,
            string.Create(
                CultureInfo.InvariantCulture,
                $"The answer could have {count:N0} log-probabilities, but at most {MaxLogprobs:N0} are allowed. " +
                $"Ask for fewer of them, or for fewer tokens or texts."),
            LogprobsField);
    }
}
