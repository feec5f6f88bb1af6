using System.Globalization;

namespace Aphorist.Cli.Commands.Play;

/// <summary>A text of which some was typed and some was written by the model. It never changes: whatever changes it makes another, so that undoing is going back to one before.</summary>
internal sealed class PlayText
{
    // Longer than any character people see as one.
    private const int LongestCharacter = 64;

    private readonly PlayText? before;
    private readonly string piece;

    private PlayText(PlayText? before, string piece, bool isWritten)
    {
        (this.before, this.piece, IsWritten) = (before, piece, isWritten);
        Length = (before?.Length ?? 0) + piece.Length;
    }

    public static PlayText Empty { get; } = new(null, "", false);

    /// <summary>In UTF-16 units.</summary>
    public int Length { get; }

    /// <summary>Whether the model wrote the last piece.</summary>
    public bool IsWritten { get; }

    public PlayText Append(string text, bool isWritten) => text.Length == 0 ? this : new(this, text, isWritten);

    /// <summary>The text without its last character, whatever that is made of.</summary>
    public PlayText WithoutLast()
    {
        if (Length == 0) return this;
        string all = ToString(), end = all[^Math.Min(all.Length, LongestCharacter)..];
        return Without(end.Length - StringInfo.ParseCombiningCharacters(end)[^1]);
    }

    /// <summary>The pieces in order.</summary>
    public IEnumerable<(string Text, bool IsWritten)> Pieces()
    {
        Stack<PlayText> pieces = new();
        for (PlayText? text = this; text is { Length: > 0 }; text = text.before) pieces.Push(text);
        return pieces.Select(text => (text.piece, text.IsWritten));
    }

    public override string ToString() => string.Concat(Pieces().Select(one => one.Text));

    private PlayText Without(int units)
    {
        PlayText text = this;
        for (; units > 0 && units >= text.piece.Length; text = text.before!) units -= text.piece.Length;
        return units == 0 ? text : text.before!.Append(text.piece[..^units], text.IsWritten);
    }
}
