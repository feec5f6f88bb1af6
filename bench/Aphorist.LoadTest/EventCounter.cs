namespace Aphorist.LoadTest;

/// <summary>
/// Reads the server-sent events of a streamed completion and counts the characters in their "text" fields. It searches the bytes instead
/// of parsing JSON, which would cost more than generating the text.
/// </summary>
internal sealed class EventCounter
{
    private byte[] line = new byte[1024]; // the start of a line that continues in the next part
    private int length;

    /// <summary>The number of code points in all texts.</summary>
    public long Characters { get; private set; }

    /// <summary>The number of events with text.</summary>
    public int Frames { get; private set; }

    /// <summary>The number of events with a reason for the end of a text.</summary>
    public int Finished { get; private set; }

    /// <summary>Whether the last event, [DONE], was read.</summary>
    public bool Done { get; private set; }

    /// <summary>The event that reports an error; null if there was none.</summary>
    public string? Error { get; private set; }

    /// <summary>Starts to read the next response.</summary>
    public void Clear() => (Characters, Frames, Finished, Done, Error, length) = (0, 0, 0, false, null, 0);

    /// <summary>Reads the next part of the response.</summary>
    public void Read(ReadOnlySpan<byte> part)
    {
        for (int newline; (newline = part.IndexOf((byte)'\n')) >= 0; part = part[(newline + 1)..])
        {
            if (length == 0)
            {
                ReadLine(part[..newline]);
                continue;
            }

            Keep(part[..newline]);
            ReadLine(line.AsSpan(0, length));
            length = 0;
        }

        Keep(part);
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (length + part.Length > line.Length) Array.Resize(ref line, Math.Max(2 * line.Length, length + part.Length));
        part.CopyTo(line.AsSpan(length));
        length += part.Length;
    }

    private void ReadLine(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith("data:"u8)) return;
        ReadOnlySpan<byte> data = text["data:"u8.Length..].Trim(" \r"u8);
        if (data.SequenceEqual("[DONE]"u8))
        {
            Done = true;
            return;
        }

        if (data.StartsWith("{\"error\""u8))
        {
            Error = System.Text.Encoding.UTF8.GetString(data);
            return;
        }

        // A quote inside of a value is escaped, so these bytes are always the name of a field.
        if (Value(data, "\"finish_reason\":"u8) is [(byte)'"', ..]) Finished++;
        if (Value(data, "\"text\":"u8) is not [(byte)'"', .. ReadOnlySpan<byte> value]) return;
        int characters = CountCharacters(value);
        Characters += characters;
        if (characters > 0) Frames++;
    }

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data, ReadOnlySpan<byte> field)
    {
        int index = data.IndexOf(field);
        return index < 0 ? default : data[(index + field.Length)..].TrimStart((byte)' ');
    }

    // The number of code points before the closing quote.
    private static int CountCharacters(ReadOnlySpan<byte> value)
    {
        int count = 0;
        for (int index = 0; index < value.Length && value[index] != '"'; index++)
        {
            if (value[index] != '\\')
            {
                if ((value[index] & 0xC0) != 0x80) count++; // the first byte of a UTF-8 sequence
                continue;
            }

            if (++index >= value.Length) break;
            if (value[index] != 'u')
            {
                count++;
                continue;
            }

            // \uD800 to \uDBFF and \uDC00 to \uDFFF are one code point together.
            bool secondHalf = index + 2 < value.Length && (value[index + 1] | 0x20) == 'd'
                && (value[index + 2] | 0x20) is >= 'c' and <= 'f';
            if (!secondHalf) count++;
            index += 4;
        }

        return count;
    }
}
