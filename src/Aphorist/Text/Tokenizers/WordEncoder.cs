namespace Aphorist.Text.Tokenizers;

/// <summary>Collects the ids of the tokens of one text.</summary>
/// <param name="ids">The id of every token but the unknown one.</param>
/// <param name="unknown">Takes the words and characters without an id, which are then left out; null to have the unknown token written.</param>
internal sealed class WordEncoder(Dictionary<string, int> ids, List<string>? unknown)
{
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> lookup = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    private readonly List<int> written = [];

    public int[] Encode(ReadOnlySpan<char> text)
    {
        written.EnsureCapacity(text.Length / 4);
        while (!text.IsEmpty)
        {
            int length = WordSplitter.FirstLength(text);
            Add(text[..length]);
            text = text[length..];
        }
        return [.. written];
    }

    private void Add(ReadOnlySpan<char> token)
    {
        if (lookup.TryGetValue(token, out int id)) written.Add(id);
        else if (token is [' ', _, ..]) AddWithItsSpace(token[1..]);
        else AddUnknown(token);
    }

    private void AddWithItsSpace(ReadOnlySpan<char> word)
    {
        bool isKnown = lookup.TryGetValue(word, out int id);
        // Where an unknown word is left out, its space would be one too many.
        if (isKnown || unknown is null) Add(" ");
        if (isKnown) written.Add(id);
        else AddUnknown(word);
    }

    private void AddUnknown(ReadOnlySpan<char> token)
    {
        if (unknown is null) written.Add(WordTokenizer.UnknownId);
        else unknown.Add(token.ToString());
    }
}
