using System.Text.Json;

namespace Aphorist.Studio.Write;

/// <summary>What a browser keeps of the page while it is loaded again. It comes back from there, so nothing in it is trusted.</summary>
public sealed record WriteMemory
{
    private const int MaxCharacters = 1_000_000;

    public SamplingSettings Settings { get; init; } = new();

    public string Text { get; init; } = "";

    /// <summary>The lengths, in units, of parts by turns given and written, given first.</summary>
    public IReadOnlyList<int> Parts { get; init; } = [];

    public int Runs { get; init; }

    public static WriteMemory Of(WriteSession session)
    {
        ArgumentNullException.ThrowIfNull(session);
        List<int> parts = [0];
        foreach (TextUnit unit in session.Draft.Units)
        {
            if (unit.IsGiven != (parts.Count % 2 == 1)) parts.Add(0);
            parts[^1]++;
        }

        string text = session.Refused ?? session.Draft.ToString();
        return new() { Settings = session.Settings, Text = text, Parts = parts, Runs = session.Draft.Runs };
    }

    /// <summary>Reads what <see cref="ToJson"/> has written; anything else is nothing.</summary>
    public static WriteMemory Read(string json)
    {
        if (json.Length is 0 or > MaxCharacters) return new();
        try
        {
            WriteMemory? memory = JsonSerializer.Deserialize<WriteMemory>(json);
            return memory is { Settings: not null, Text: not null, Parts: not null } ? memory : new();
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException)
        {
            return new();
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this);

    /// <summary>Whether a person has written the unit at a place.</summary>
    public IEnumerable<bool> Origins()
    {
        for (int part = 0; part < Parts.Count; part++)
            for (int unit = 0; unit < Math.Min(Parts[part], MaxCharacters); unit++) yield return part % 2 == 0;
    }
}
