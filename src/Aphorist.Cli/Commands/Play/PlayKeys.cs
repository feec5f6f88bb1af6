namespace Aphorist.Cli.Commands.Play;

/// <summary>The kinds of actions.</summary>
internal enum PlayVerb
{
    /// <summary>Nothing: the key has no meaning here.</summary>
    None,

    Type,
    AcceptSelected,
    AcceptNumber,
    Select,
    Erase,
    Undo,
    Generate,
    AdjustTemperature,
    Save,
    Quit,
}

/// <summary>What a key does.</summary>
/// <param name="Verb">The kind of action.</param>
/// <param name="Text">The typed text.</param>
/// <param name="Number">The number of a suggestion, from 0, or the number of steps up or down.</param>
/// <param name="Extent">How much to generate.</param>
internal readonly record struct PlayAction(
    PlayVerb Verb, string Text = "", int Number = 0, GenerationExtent Extent = GenerationExtent.Token);

/// <summary>
/// Maps keys to actions. All are keys that terminals, tmux and ssh pass on. Where some terminals use a key themselves, a second key has
/// the same action.
/// </summary>
internal static class PlayKeys
{
    /// <summary>Gets the action of a key.</summary>
    public static PlayAction GetAction(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control)) return WithControl(key.Key);
        if (key.Modifiers.HasFlag(ConsoleModifiers.Alt)) return WithAlt(key);
        return key.Key switch
        {
            ConsoleKey.Tab => new(PlayVerb.AcceptSelected),
            ConsoleKey.UpArrow => new(PlayVerb.Select, Number: -1),
            ConsoleKey.DownArrow => new(PlayVerb.Select, Number: 1),
            ConsoleKey.RightArrow => new(PlayVerb.Generate, Extent: GenerationExtent.Token),
            ConsoleKey.End => new(PlayVerb.Generate, Extent: GenerationExtent.Line),
            ConsoleKey.LeftArrow => new(PlayVerb.Undo),
            ConsoleKey.PageUp => new(PlayVerb.AdjustTemperature, Number: 1),
            ConsoleKey.PageDown => new(PlayVerb.AdjustTemperature, Number: -1),
            ConsoleKey.Backspace => new(PlayVerb.Erase),
            ConsoleKey.Enter => new(PlayVerb.Type, "\n"),
            ConsoleKey.Escape => new(PlayVerb.Quit),
            // A terminal that was closed returns this key forever.
            default(ConsoleKey) when key.KeyChar == '\0' => new(PlayVerb.Quit),
            _ => char.IsControl(key.KeyChar) ? default : new(PlayVerb.Type, key.KeyChar.ToString()),
        };
    }

    private static PlayAction WithControl(ConsoleKey key) => key switch
    {
        ConsoleKey.F or ConsoleKey.RightArrow => new(PlayVerb.Generate, Extent: GenerationExtent.Word),
        ConsoleKey.E => new(PlayVerb.Generate, Extent: GenerationExtent.Line),
        ConsoleKey.G => new(PlayVerb.Generate, Extent: GenerationExtent.Endless),
        ConsoleKey.Z or ConsoleKey.U => new(PlayVerb.Undo),
        ConsoleKey.P => new(PlayVerb.Select, Number: -1),
        ConsoleKey.N => new(PlayVerb.Select, Number: 1),
        ConsoleKey.T => new(PlayVerb.AdjustTemperature, Number: 1),
        ConsoleKey.R => new(PlayVerb.AdjustTemperature, Number: -1),
        // Some terminals send Ctrl-H for the backspace key.
        ConsoleKey.H or ConsoleKey.Backspace => new(PlayVerb.Erase),
        // Ctrl-J is a line feed.
        ConsoleKey.J or ConsoleKey.Enter => new(PlayVerb.Type, "\n"),
        ConsoleKey.S => new(PlayVerb.Save),
        ConsoleKey.C or ConsoleKey.D or ConsoleKey.Q => new(PlayVerb.Quit),
        _ => default,
    };

    private static PlayAction WithAlt(ConsoleKeyInfo key) =>
        key.Key is >= ConsoleKey.D1 and <= ConsoleKey.D9 ? new(PlayVerb.AcceptNumber, Number: key.Key - ConsoleKey.D1)
        : key.Key == ConsoleKey.F ? new(PlayVerb.Generate, Extent: GenerationExtent.Word)
        : default;
}
