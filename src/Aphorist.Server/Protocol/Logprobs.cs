using System.Text;
using System.Text.Json;

namespace Aphorist.Server.Protocol;

/// <summary>Writes the log-probabilities of tokens, in the form of each endpoint.</summary>
internal static class Logprobs
{
    // JSON has no infinity. The API of OpenAI writes this number for tokens that are practically impossible.
    private const double Impossible = -9999;

    /// <summary>Writes tokens as the logprobs of a completion: lists of the same length.</summary>
    /// <param name="json">Where to write.</param>
    /// <param name="tokenizer">The tokenizer of the model.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="startsWithPrompt">Whether the first token is the first of the prompt, which has no log-probability.</param>
    /// <param name="offset">The number of characters before the tokens. Receives the number after them.</param>
    public static void WriteLists(
        Utf8JsonWriter json, Tokenizer tokenizer, IReadOnlyList<ScoredToken> tokens, bool startsWithPrompt, ref long offset)
    {
        json.WriteStartObject();
        json.WriteStartArray("tokens"u8);
        foreach (ScoredToken token in tokens) json.WriteStringValue(TextOf(token, tokenizer));
        json.WriteEndArray();
        json.WriteStartArray("token_logprobs"u8);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i == 0 && startsWithPrompt) json.WriteNullValue();
            else json.WriteNumberValue(Finite(tokens[i].LogProbability));
        }

        json.WriteEndArray();
        json.WriteStartArray("top_logprobs"u8);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i == 0 && startsWithPrompt) json.WriteNullValue();
            else WriteAlternatives(json, tokenizer, tokens[i]);
        }

        json.WriteEndArray();
        json.WriteStartArray("text_offset"u8);
        foreach (ScoredToken token in tokens)
        {
            json.WriteNumberValue(offset);
            offset += CountCharacters(token.Text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes tokens as the logprobs of a chat: one object for each token.</summary>
    public static void WriteContent(Utf8JsonWriter json, Tokenizer tokenizer, IReadOnlyList<ScoredToken> tokens)
    {
        json.WriteStartObject();
        json.WriteStartArray("content"u8);
        foreach (ScoredToken token in tokens)
        {
            WriteToken(json, tokenizer, token.Id, token.LogProbability);
            json.WriteStartArray("top_logprobs"u8);
            foreach (TokenCandidate candidate in token.Alternatives)
            {
                WriteToken(json, tokenizer, candidate.Id, Math.Log(candidate.Probability));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNull("refusal"u8);
        json.WriteEndObject();
    }

    /// <summary>The number of characters (Unicode scalar values) of a text.</summary>
    public static int CountCharacters(string text)
    {
        int count = 0;
        foreach (Rune _ in text.EnumerateRunes()) count++;
        return count;
    }

    /// <summary>Writes the most likely tokens, and the token itself if it is not among them.</summary>
    private static void WriteAlternatives(Utf8JsonWriter json, Tokenizer tokenizer, ScoredToken token)
    {
        json.WriteStartObject();
        bool isAmongThem = false;
        foreach (TokenCandidate candidate in token.Alternatives)
        {
            isAmongThem |= candidate.Id == token.Id;
            json.WriteNumber(TextOf(candidate.Id, tokenizer), Finite(Math.Log(candidate.Probability)));
        }

        if (!isAmongThem) json.WriteNumber(TextOf(token.Id, tokenizer), Finite(token.LogProbability));
        json.WriteEndObject();
    }

    /// <summary>Starts an object with a token.</summary>
    private static void WriteToken(Utf8JsonWriter json, Tokenizer tokenizer, int id, double logProbability)
    {
        string text = TextOf(id, tokenizer);
        json.WriteStartObject();
        json.WriteString("token"u8, text);
        json.WriteNumber("logprob"u8, Finite(logProbability));
        json.WriteStartArray("bytes"u8);
        if (tokenizer.IsPartialCharacter(id)) json.WriteNumberValue(id);
        else foreach (byte value in Encoding.UTF8.GetBytes(text)) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static string TextOf(ScoredToken token, Tokenizer tokenizer) =>
        token.Id == tokenizer.UnknownTokenId ? token.Text : TextOf(token.Id, tokenizer);

    /// <summary>The text of a token. A byte that is a part of a character has none, and is written as the API of OpenAI does.</summary>
    private static string TextOf(int id, Tokenizer tokenizer) =>
        tokenizer.IsPartialCharacter(id) ? $"bytes:\\x{id:x2}" : tokenizer.GetText(id);

    private static double Finite(double logProbability) => double.IsFinite(logProbability) ? logProbability : Impossible;
}
