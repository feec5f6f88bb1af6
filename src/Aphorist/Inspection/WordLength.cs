using System.Text;
using Aphorist.Text;

namespace Aphorist.Inspection;

/// <summary>How much of a word was read.</summary>
internal sealed class WordLength
{
    /// <summary>Characters of the word that the last character belongs to; 0 if it belongs to none.</summary>
    public int Current { get; private set; }

    /// <summary>Reads one more character. Whether an apostrophe ends a word is only known after it, so it goes on with the word.</summary>
    public void Read(Rune character) =>
        Current = Rune.IsLetterOrDigit(character) || (Current > 0 && (CombiningMark.Is(character) || character.Value is '\'' or '’')) ? Current + 1 : 0;
}
