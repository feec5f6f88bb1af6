using System.Text;

namespace Aphorist.Studio.Write;

/// <summary>A part of a text that can be selected: a token, or the bytes of one character.</summary>
/// <param name="Text">The text; U+FFFD if bytes of the character are missing.</param>
/// <param name="Id">The id of the first token.</param>
/// <param name="Bits">The surprisal of all its tokens in bits.</param>
/// <param name="IsGiven">Whether a person has written it.</param>
/// <param name="MoreIds">The ids of further tokens; null if there are none.</param>
public readonly record struct TextUnit(string Text, int Id, float Bits, bool IsGiven, int[]? MoreIds = null)
{
    /// <summary>The text of a character whose bytes are not complete.</summary>
    public const string Broken = "\uFFFD";

    /// <summary>The ids of its tokens.</summary>
    public IEnumerable<int> Ids => MoreIds is null ? [Id] : [Id, .. MoreIds];
}

/// <summary>A part of a text that is shown as one component. It only grows; when it is full, it stays as it is.</summary>
/// <param name="start">The number of units before it.</param>
public sealed class TextBlock(int start)
{
    // A block ends with its line, so that the browser can lay it out alone. A very long line is divided nevertheless.
    private const int MinCount = 100, MaxCount = 1000;

    private readonly List<TextUnit> units = [];

    /// <summary>The number of units before it.</summary>
    public int Start => start;

    /// <summary>The units.</summary>
    public IReadOnlyList<TextUnit> Units => units;

    /// <summary>Whether it ends where a line ends, and is full.</summary>
    public bool IsParagraph => units.Count >= MinCount && units[^1].Text.EndsWith('\n');

    /// <summary>Whether it has its last unit.</summary>
    public bool IsFull => units.Count >= MaxCount || IsParagraph;

    /// <summary>Adds a unit.</summary>
    public void Add(TextUnit unit) => units.Add(unit);
}

/// <summary>A text in units. A text that is kept for undo shares its full blocks with the texts that continue it.</summary>
public sealed class Draft
{
    private readonly List<TextBlock> blocks = [];

    /// <summary>The blocks.</summary>
    public IReadOnlyList<TextBlock> Blocks => blocks;

    /// <summary>The number of units.</summary>
    public int Length => blocks.Count == 0 ? 0 : blocks[^1].Start + blocks[^1].Units.Count;

    /// <summary>How often the model has continued the text: each time with another seed.</summary>
    public int Runs { get; set; }

    /// <summary>The units.</summary>
    public IEnumerable<TextUnit> Units => blocks.SelectMany(block => block.Units);

    /// <summary>The unit at a place.</summary>
    public TextUnit this[int place]
    {
        get
        {
            TextBlock block = blocks[BlockAt(place)];
            return block.Units[place - block.Start];
        }
    }

    /// <summary>Adds a unit at the end.</summary>
    public void Add(TextUnit unit)
    {
        if (blocks.Count == 0 || blocks[^1].IsFull) blocks.Add(new TextBlock(Length));
        blocks[^1].Add(unit);
    }

    /// <summary>A copy of the first units, which can be continued while this text stays as it is.</summary>
    public Draft Cut(int length)
    {
        Draft cut = new() { Runs = Runs };
        foreach (TextBlock block in blocks)
        {
            if (block.Start >= length) break;
            if (block.IsFull && block.Start + block.Units.Count <= length) cut.blocks.Add(block);
            else foreach (TextUnit unit in block.Units.Take(length - block.Start)) cut.Add(unit);
        }

        return cut;
    }

    /// <summary>This text and another one after it.</summary>
    public Draft Join(Draft next)
    {
        ArgumentNullException.ThrowIfNull(next);
        Draft joined = Cut(Length);
        foreach (TextUnit unit in next.Units) joined.Add(unit);
        return joined;
    }

    /// <summary>Removes the last unit.</summary>
    public void RemoveLast()
    {
        TextBlock last = blocks[^1];
        blocks.RemoveAt(blocks.Count - 1);
        foreach (TextUnit unit in last.Units.SkipLast(1)) Add(unit);
    }

    /// <summary>The ids of the tokens before a place.</summary>
    public int[] GetIds(int end) => [.. Units.Take(end).SelectMany(unit => unit.Ids)];

    /// <summary>The whole text.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach (TextUnit unit in Units) text.Append(unit.Text);
        return text.ToString();
    }

    private int BlockAt(int place)
    {
        int low = 0, high = blocks.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (blocks[middle].Start <= place) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}

/// <summary>Makes units of tokens that arrive one by one.</summary>
/// <param name="draft">The text, to which the units are added.</param>
/// <param name="tokenizer">The tokenizer.</param>
internal sealed class UnitWriter(Draft draft, Tokenizer tokenizer)
{
    private readonly TokenDecoder decoder = tokenizer.CreateDecoder();
    private readonly List<int> ids = [];
    private double bits;
    private bool isGiven;

    /// <summary>Continues a text whose last character may lack bytes, which then are the start of the next unit.</summary>
    public static UnitWriter Continue(Draft draft, Tokenizer tokenizer)
    {
        UnitWriter writer = new(draft, tokenizer);
        if (draft.Length == 0 || draft[draft.Length - 1] is not { Text: TextUnit.Broken } broken) return writer;
        if (!tokenizer.IsPartialCharacter(broken.Id)) return writer;
        draft.RemoveLast();
        (writer.bits, writer.isGiven) = (broken.Bits, broken.IsGiven);
        foreach (int id in broken.Ids)
        {
            writer.decoder.Append(id);
            writer.ids.Add(id);
        }

        return writer;
    }

    /// <summary>Adds a token of a prompt. Its text is known: an unknown word is not its token.</summary>
    public void AddGiven(ScoredToken token) => Add(token.Id, token.Bits, given: true, token.Text);

    /// <summary>Adds a token that a model has chosen, or a person from its alternatives.</summary>
    public void AddGenerated(int id, double surprisal) => Add(id, surprisal, given: false, decoder.Append(id));

    /// <summary>Ends the text. A character whose bytes are not complete becomes a unit, too.</summary>
    public void End()
    {
        if (ids.Count > 0) Add(decoder.Flush() is { Length: > 0 } rest ? rest : TextUnit.Broken);
    }

    private void Add(int id, double surprisal, bool given, string text)
    {
        ids.Add(id);
        bits += surprisal;
        isGiven |= given;
        if (text.Length > 0) Add(text);
    }

    private void Add(string text)
    {
        draft.Add(new TextUnit(text, ids[0], (float)bits, isGiven, ids.Count == 1 ? null : [.. ids.Skip(1)]));
        ids.Clear();
        (bits, isGiven) = (0, false);
    }
}
