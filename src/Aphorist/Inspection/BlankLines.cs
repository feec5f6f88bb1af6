using System.Text;

namespace Aphorist.Inspection;

/// <summary>Notices the lines of a text that hold nothing but white space: between them are the paragraphs.</summary>
internal sealed class BlankLines
{
    private bool isBlank = true;

    /// <summary>Reads one more character, and tells whether a blank line ends with it.</summary>
    public bool EndsWith(Rune character)
    {
        bool endsLine = character.Value == '\n', ended = endsLine && isBlank;
        isBlank = endsLine || (isBlank && Rune.IsWhiteSpace(character));
        return ended;
    }
}
