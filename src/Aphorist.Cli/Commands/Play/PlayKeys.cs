namespace Aphorist.Cli.Commands.Play;

/// <summary>What each key asks for. Only keys that terminals, tmux and ssh pass on; where one is taken in some terminals, there is another for the same.</summary>
internal static class PlayKeys
{
    public static PlayAction Of(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control)) return WithControl(key.Key);
        if (key.Modifiers.HasFlag(ConsoleModifiers.Alt)) return WithAlt(key);
        return key.Key switch
        {
            ConsoleKey.Tab => new(PlayVerb.AcceptSelected),
            ConsoleKey.UpArrow => new(PlayVerb.Select, Number: -1),
            ConsoleKey.DownArrow => new(PlayVerb.Select, Number: 1),
            ConsoleKey.RightArrow => new(PlayVerb.Write, Stretch: WriteExtent.Token),
            ConsoleKey.End => new(PlayVerb.Write, Stretch: WriteExtent.Line),
            ConsoleKey.LeftArrow => new(PlayVerb.Undo),
            ConsoleKey.PageUp => new(PlayVerb.Warm, Number: 1),
            ConsoleKey.PageDown => new(PlayVerb.Warm, Number: -1),
            ConsoleKey.Backspace => new(PlayVerb.Erase),
            ConsoleKey.Enter => new(PlayVerb.Type, "\n"),
            ConsoleKey.Escape => new(PlayVerb.Leave),
            // What comes, without end, from a terminal that has gone away.
            default(ConsoleKey) when key.KeyChar == '\0' => new(PlayVerb.Leave),
            _ => Typed(key.KeyChar),
        };
    }

    private static PlayAction WithControl(ConsoleKey key) => key switch
    {
        ConsoleKey.F or ConsoleKey.RightArrow => new(PlayVerb.Write, Stretch: WriteExtent.Word),
        ConsoleKey.E => new(PlayVerb.Write, Stretch: WriteExtent.Line),
        ConsoleKey.G => new(PlayVerb.Write, Stretch: WriteExtent.Endless),
        ConsoleKey.Z or ConsoleKey.U => new(PlayVerb.Undo),
        ConsoleKey.P => new(PlayVerb.Select, Number: -1),
        ConsoleKey.N => new(PlayVerb.Select, Number: 1),
        ConsoleKey.T => new(PlayVerb.Warm, Number: 1),
        ConsoleKey.R => new(PlayVerb.Warm, Number: -1),
        // Some terminals send it for the backspace key.
        ConsoleKey.H or ConsoleKey.Backspace => new(PlayVerb.Erase),
        // Of the line end, the line feed.
        ConsoleKey.J or ConsoleKey.Enter => new(PlayVerb.Type, "\n"),
        ConsoleKey.S => new(PlayVerb.Save),
        ConsoleKey.C or ConsoleKey.D or ConsoleKey.Q => new(PlayVerb.Leave),
        _ => default,
    };

    private static PlayAction WithAlt(ConsoleKeyInfo key) =>
        key.Key is >= ConsoleKey.D1 and <= ConsoleKey.D9 ? new(PlayVerb.AcceptNumber, Number: key.Key - ConsoleKey.D1)
        : key.Key == ConsoleKey.F ? new(PlayVerb.Write, Stretch: WriteExtent.Word)
        : default;

    private static PlayAction Typed(char character) => char.IsControl(character) ? default : new(PlayVerb.Type, character.ToString());
}
