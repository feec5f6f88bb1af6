using System.Diagnostics.CodeAnalysis;
using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class KeyInputTests
{
    // In the texts of these tests, what a terminal sends in pieces.
    private const char Pause = '\uE000';

    [Fact]
    public void Next_WhatIsTypedInOneGo_IsOneAction() =>
        Assert.Equal([Typed("the 7\ncat"), new(PlayVerb.AcceptSelected), Typed("x")], Actions("the 7\ncat\tx"));

    [Fact]
    public void Next_AfterAPause_IsAnotherAction() => Assert.Equal([Typed("the"), Typed("cat")], Actions($"the{Pause}cat"));

    [Fact]
    public void Next_HalvesOfACharacter_WaitForEachOther() => Assert.Equal([Typed("\U0001F600")], Actions($"\uD83D{Pause}\uDE00"));

    [Fact]
    public void Next_PastedText_IsTypedWithItsTabsAndLines() => Assert.Equal(
        [Typed("a\tb\rc\u001b[31md"), new(PlayVerb.Quit)], Actions($"\u001b[200~a\tb\r{Pause}c\u001b[31md\u001b[201~\u001b"));

    [Fact]
    public void Next_UnknownSequence_DoesNothing() => Assert.Equal([default(PlayAction), Typed("x")], Actions("\u001b[99;5ux"));

    [Fact]
    public void Next_SequenceInPieces_DoesNotQuit() => Assert.Equal([default(PlayAction)], Actions($"\u001b{Pause}[{Pause}A"));

    [Fact]
    public void Next_EscapeAlone_Quits() => Assert.Equal([new PlayAction(PlayVerb.Quit)], Actions("\u001b"));

    private static PlayAction Typed(string text) => new(PlayVerb.Type, text);

    private static List<PlayAction> Actions(string sent)
    {
        Queue<ConsoleKeyInfo?> keys = new(sent.Select(character => character == Pause ? (ConsoleKeyInfo?)null : KeyOf(character)));
        KeyInput input = new(Take, () => { });
        List<PlayAction> actions = [];
        while (input.Next() is PlayAction action) actions.Add(action);
        return actions;

        bool Take([NotNullWhen(true)] out ConsoleKeyInfo? key)
        {
            key = keys.Count > 0 ? keys.Dequeue() : null;
            return key is not null;
        }
    }

    private static ConsoleKeyInfo KeyOf(char character) => character switch
    {
        '\u001b' => new(character, ConsoleKey.Escape, false, false, false),
        '\t' => new(character, ConsoleKey.Tab, false, false, false),
        '\r' or '\n' => new(character, ConsoleKey.Enter, false, false, false),
        _ => new(character, default, false, false, false),
    };
}
