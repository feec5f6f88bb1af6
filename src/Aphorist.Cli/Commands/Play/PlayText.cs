using System.Globalization;

namespace Aphorist.Cli.Commands.Play;

/// <summary>
/// A text of typed and generated pieces. It is immutable: every change creates another text, so undo returns to a previous one.
/// </summary>
internal sealed class PlayText
{
    // More UTF-16 units than any user-perceived character has.
    private const int MaximumCharacterLength = 64;

    private readonly PlayText? before;
    private readonly string piece;

    private PlayText(PlayText? before, string piece, bool isGenerated)
    {
        (this.before, this.piece, IsGenerated) = (before, piece, isGenerated);
        Length = (before?.Length ?? 0) + piece.Length;
    }

    public static PlayText Empty { get; } = new(null, "", isGenerated: false);

    /// <summary>The length in UTF-16 units.</summary>
    public int Length { get; }

    /// <summary>Whether the model generated the last piece.</summary>
    public bool IsGenerated { get; }

    public PlayText Append(string text, bool isGenerated) => text.Length == 0 ? this : new(this, text, isGenerated);

    /// <summary>Removes the last user-perceived character.</summary>
    public PlayText WithoutLastCharacter()
    {
        if (Length == 0) return this;
        string all = ToString(), end = all[^Math.Min(all.Length, MaximumCharacterLength)..];
        return Without(end.Length - StringInfo.ParseCombiningCharacters(end)[^1]);
    }

    /// <summary>Gets the pieces in order.</summary>
    public IEnumerable<(string Text, bool IsGenerated)> GetPieces()
    {
        Stack<PlayText> pieces = new();
        for (PlayText? text = this; text is { Length: > 0 }; text = text.before) pieces.Push(text);
        return pieces.Select(text => (text.piece, text.IsGenerated));
    }

    public override string ToString() => string.Concat(GetPieces().Select(piece => piece.Text));

    private PlayText Without(int units)
    {
        PlayText text = this;
        for (; units > 0 && units >= text.piece.Length; text = text.before!) units -= text.piece.Length;
        return units == 0 ? text : text.before!.Append(text.piece[..^units], text.IsGenerated);
    }
}
