using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Aphorist.Server.Protocol;

/// <summary>One text of an answer, as far as it is known.</summary>
internal sealed record Choice
{
    private double logProbability;
    private int tokenCount;

    /// <summary>The index in the answer.</summary>
    public required int Index { get; init; }

    /// <summary>The text before that of the model: the prompt if it is echoed.</summary>
    public required string Start { get; init; }

    /// <summary>Whether a frame of the stream has the start of the choice.</summary>
    public bool IsStarted { get; set; }

    /// <summary>The number of characters before the next token whose log-probability is written.</summary>
    public long Offset { get; set; }

    public StringBuilder Text { get; } = new();

    public List<ScoredToken> Tokens { get; } = [];

    /// <summary>Whether the tokens start with those of the prompt.</summary>
    public bool HasPromptTokens { get; private set; }

    public FinishReason? Reason { get; private set; }

    /// <summary>The mean log-probability of the model's tokens. A text without tokens comes after all others.</summary>
    public double MeanLogProbability => tokenCount == 0 ? double.NegativeInfinity : logProbability / tokenCount;

    public void Add(TextPiece piece, bool keepsTokens)
    {
        Text.Append(piece.Text);
        Reason = piece.FinishReason ?? Reason;
        if (keepsTokens) Tokens.AddRange(piece.Tokens);
        HasPromptTokens |= piece.IsPrompt;
        if (piece.IsPrompt) return;
        tokenCount += piece.Tokens.Count;
        foreach (ScoredToken token in piece.Tokens) logProbability += token.LogProbability;
    }
}

/// <summary>The number of tokens that an answer took.</summary>
internal readonly record struct Usage(long PromptTokens, long CompletionTokens)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens"u8, PromptTokens);
        json.WriteNumber("completion_tokens"u8, CompletionTokens);
        json.WriteNumber("total_tokens"u8, PromptTokens + CompletionTokens);
        json.WriteEndObject();
    }
}

/// <summary>Writes what the frames of a stream and a whole answer have in common, and whole answers.</summary>
internal sealed class Answer(TextRequest request, ModelLease model)
{
    private readonly string id = $"{(request.Kind == RequestKinds.Chat ? "chatcmpl" : "cmpl")}-{Guid.NewGuid():N}";
    private readonly long created = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    public TextRequest Request => request;

    public bool IsChat => request.Kind == RequestKinds.Chat;

    public Tokenizer Tokenizer => model.Model.Tokenizer;

    /// <summary>Creates the choices of all texts.</summary>
    public Choice[] CreateChoices()
    {
        // With log-probabilities, the echo comes from the scheduler, token by token.
        bool startsWithPrompt = request is { Echoes: true, HasLogprobs: false };
        bool startsAfterPrompt = request is { Kind: RequestKinds.Completion, Echoes: false, HasLogprobs: true };
        List<Choice> choices = [];
        foreach (Prompt prompt in request.Prompts)
        {
            // Once per prompt: it can be long, and its texts share it.
            string read = startsWithPrompt || startsAfterPrompt ? Read(prompt) : "";
            string start = startsWithPrompt ? read : "";
            int offset = startsAfterPrompt ? Logprobs.CountCharacters(read) : 0;
            for (int i = 0; i < request.CandidatesPerPrompt; i++)
                choices.Add(new Choice { Index = choices.Count, Start = start, Offset = offset });
        }

        return [.. choices];
    }

    /// <summary>Writes an answer without a stream.</summary>
    /// <returns>Whether the client is still there.</returns>
    public async Task<bool> WriteAsync(PipeWriter output, IEnumerable<Choice> choices, Usage usage)
    {
        await using Utf8JsonWriter json = new(output, Json.Writing);
        WriteStart(json, IsChat ? "chat.completion" : "text_completion");
        foreach (Choice choice in choices)
        {
            WriteChoice(json, choice);
            json.Flush();
            if ((await output.FlushAsync()).IsCompleted) return false;
        }

        json.WriteEndArray();
        json.WritePropertyName("usage"u8);
        usage.Write(json);
        json.WriteEndObject();
        return true;
    }

    /// <summary>Writes the beginning of an object, up to the start of its list of choices.</summary>
    public void WriteStart(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, id);
        json.WriteString("object"u8, type);
        json.WriteNumber("created"u8, created);
        json.WriteString("model"u8, model.Name);
        json.WriteString("system_fingerprint"u8, model.Fingerprint);
        json.WriteStartArray("choices"u8);
    }

    /// <summary>Writes the value of a choice's logprobs.</summary>
    public void WriteLogprobs(Utf8JsonWriter json, Choice choice, IReadOnlyList<ScoredToken> tokens, bool startsWithPrompt)
    {
        if (IsChat)
        {
            Logprobs.WriteContent(json, Tokenizer, tokens);
            return;
        }

        long offset = choice.Offset;
        Logprobs.WriteLists(json, Tokenizer, tokens, startsWithPrompt, ref offset);
        choice.Offset = offset;
    }

    /// <summary>A prompt as the model reads it.</summary>
    private string Read(Prompt prompt) => prompt.Ids is { } ids ? Tokenizer.Decode(ids) : Tokenizer.Normalization.Apply(prompt.Text);

    private void WriteChoice(Utf8JsonWriter json, Choice choice)
    {
        string text = choice.Start + choice.Text;
        json.WriteStartObject();
        json.WriteNumber("index"u8, choice.Index);
        if (IsChat)
        {
            json.WriteStartObject("message"u8);
            json.WriteString("role"u8, "assistant"u8);
            json.WriteString("content"u8, text);
            json.WriteNull("refusal"u8);
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("text"u8, text);
        }

        json.WritePropertyName("logprobs"u8);
        if (request.HasLogprobs) WriteLogprobs(json, choice, choice.Tokens, choice.HasPromptTokens);
        else json.WriteNullValue();
        json.WriteString("finish_reason"u8, choice.Reason == FinishReason.Stop ? "stop"u8 : "length"u8);
        json.WriteEndObject();
    }
}
