using System.Text;

namespace Aphorist.Text;

/// <summary>Numbers the characters of a text in the order in which they first occur.</summary>
internal sealed class CharacterCodes
{
    // By code point: the code + 1, or 0 for a character that has not occurred yet.
    private readonly int[] codes = new int[0x110000];
    private readonly StringBuilder characters = new();

    /// <summary>The number of distinct characters so far.</summary>
    public int Count { get; private set; }

    /// <summary>These characters in the order of their codes.</summary>
    public string Characters => characters.ToString();

    /// <summary>Writes the codes of a block of text.</summary>
    /// <param name="text">The block, which is well formed.</param>
    /// <param name="destination">Receives the codes. It is at least as long as the text.</param>
    /// <returns>The number of codes.</returns>
    public int Encode(ReadOnlySpan<char> text, Span<int> destination)
    {
        int count = 0;
        for (int place = 0; place < text.Length; place++)
        {
            int codePoint = text[place];
            if (char.IsSurrogate(text[place])) codePoint = char.ConvertToUtf32(text[place], text[++place]);
            int code = codes[codePoint];
            destination[count++] = (code == 0 ? Add(codePoint) : code) - 1;
        }

        return count;
    }

    private int Add(int codePoint)
    {
        characters.Append(new Rune(codePoint).ToString());
        return codes[codePoint] = ++Count;
    }
}
