using System.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>Puts together a line of the terminal.</summary>
internal sealed class InkLine(bool hasColors)
{
    private readonly StringBuilder line = new();

    public InkLine Add(string text, Ink ink = Ink.Plain)
    {
        if (hasColors && ink != Ink.Plain && text.Length > 0) line.Append($"\u001b[{(int)ink}m{text}\u001b[m");
        else line.Append(text);
        return this;
    }

    public override string ToString() => line.ToString();
}
