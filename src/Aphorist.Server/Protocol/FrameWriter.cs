using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Aphorist.Server.Protocol;

/// <summary>
/// Writes the frames of a stream (server-sent events). What all frames of a request have in common is encoded once, and a frame allocates
/// nothing. Not safe to use from several threads at once.
/// </summary>
internal sealed class FrameWriter : IDisposable
{
    private readonly IBufferWriter<byte> output;
    private readonly Answer answer;
    private readonly Utf8JsonWriter json;
    private readonly byte[] start;

    public FrameWriter(IBufferWriter<byte> output, Answer answer)
    {
        (this.output, this.answer) = (output, answer);
        ArrayBufferWriter<byte> buffer = new();
        buffer.Write("data: "u8);
        json = new Utf8JsonWriter(buffer, Json.Writing);
        answer.WriteStart(json, answer.IsChat ? "chat.completion.chunk" : "text_completion");
        json.Flush();
        start = buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a piece of a text.</summary>
    /// <returns>Whether there was anything to write.</returns>
    public bool Write(Choice choice, TextPiece piece)
    {
        bool isFirst = !choice.IsStarted;
        choice.IsStarted = true;
        if (isFirst && (answer.IsChat || choice.Start.Length > 0)) WriteFrame(choice, choice.Start, [], false, null, isFirst: true);
        bool isEmpty = piece.Text.Length == 0 && piece.Tokens.Count == 0 && piece.FinishReason is null;
        if (!isEmpty) WriteFrame(choice, piece.Text, piece.Tokens, isFirst && piece.IsPrompt, piece.FinishReason, isFirst: false);
        return !isEmpty || isFirst;
    }

    /// <summary>Writes the last frames.</summary>
    public void WriteEnd(Usage usage)
    {
        if (answer.Request.IncludesUsage)
        {
            output.Write(start);
            output.Write("],\"usage\":"u8);
            json.Reset(output);
            usage.Write(json);
            json.Flush();
            output.Write("}\n\n"u8);
        }

        output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>Writes a frame that says why the stream ends early.</summary>
    public void WriteError(ApiException error)
    {
        output.Write("data: "u8);
        json.Reset(output);
        ErrorResponse.Write(json, error);
        json.Flush();
        output.Write("\n\n"u8);
    }

    public void Dispose() => json.Dispose();

    private void WriteFrame(
        Choice choice, string text, IReadOnlyList<ScoredToken> tokens, bool startsWithPrompt, FinishReason? reason, bool isFirst)
    {
        output.Write(start);
        output.Write("{\"index\":"u8);
        Utf8Formatter.TryFormat(choice.Index, output.GetSpan(16), out int digits);
        output.Advance(digits);
        if (!answer.IsChat) output.Write(",\"text\":"u8);
        else if (isFirst) output.Write(",\"delta\":{\"role\":\"assistant\",\"content\":"u8);
        else output.Write(",\"delta\":{\"content\":"u8);
        json.Reset(output);
        json.WriteStringValue(text);
        json.Flush();
        output.Write(answer.IsChat ? "},\"logprobs\":"u8 : ",\"logprobs\":"u8);
        if (tokens.Count > 0 && answer.Request.HasLogprobs)
        {
            json.Reset(output);
            answer.WriteLogprobs(json, choice, tokens, startsWithPrompt);
            json.Flush();
        }
        else
        {
            output.Write("null"u8);
        }

        output.Write(reason switch
        {
            FinishReason.Stop => ",\"finish_reason\":\"stop\"}]"u8,
            FinishReason.Length => ",\"finish_reason\":\"length\"}]"u8,
            _ => ",\"finish_reason\":null}]"u8,
        });
        // As the API of OpenAI does: the field is there in all frames, if it is in the last one.
        output.Write(answer.Request.IncludesUsage ? ",\"usage\":null}\n\n"u8 : "}\n\n"u8);
    }
}
