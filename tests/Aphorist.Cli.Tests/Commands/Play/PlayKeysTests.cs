using Aphorist.Cli.Commands.Play;

namespace Aphorist.Cli.Tests.Commands.Play;

public sealed class PlayKeysTests
{
    [Theory]
    [InlineData('\0', ConsoleKey.F, ConsoleModifiers.Control, nameof(PlayVerb.Generate))]
    [InlineData('\0', ConsoleKey.Z, ConsoleModifiers.Control, nameof(PlayVerb.Undo))]
    [InlineData('\0', ConsoleKey.LeftArrow, ConsoleModifiers.None, nameof(PlayVerb.Undo))]
    [InlineData('\b', ConsoleKey.Backspace, ConsoleModifiers.None, nameof(PlayVerb.Erase))]
    [InlineData('\b', ConsoleKey.Backspace, ConsoleModifiers.Control, nameof(PlayVerb.Erase))]
    [InlineData('\0', ConsoleKey.S, ConsoleModifiers.Control, nameof(PlayVerb.Save))]
    [InlineData('\u0003', ConsoleKey.C, ConsoleModifiers.Control, nameof(PlayVerb.Quit))]
    [InlineData('\u001b', ConsoleKey.Escape, ConsoleModifiers.None, nameof(PlayVerb.Quit))]
    [InlineData('\0', default(ConsoleKey), ConsoleModifiers.None, nameof(PlayVerb.Quit))]
    [InlineData('\0', ConsoleKey.F1, ConsoleModifiers.None, nameof(PlayVerb.None))]
    [InlineData('\0', ConsoleKey.W, ConsoleModifiers.Control, nameof(PlayVerb.None))]
    [InlineData('x', ConsoleKey.X, ConsoleModifiers.Alt, nameof(PlayVerb.None))]
    public void Of_Keys_IsWhatTheLegendSays(char character, ConsoleKey key, ConsoleModifiers modifiers, string verb) =>
        Assert.Equal(verb, Of(character, key, modifiers).Verb.ToString());

    [Theory]
    [InlineData(ConsoleKey.RightArrow, ConsoleModifiers.None, nameof(GenerationExtent.Token))]
    [InlineData(ConsoleKey.RightArrow, ConsoleModifiers.Control, nameof(GenerationExtent.Word))]
    [InlineData(ConsoleKey.E, ConsoleModifiers.Control, nameof(GenerationExtent.Line))]
    [InlineData(ConsoleKey.End, ConsoleModifiers.None, nameof(GenerationExtent.Line))]
    [InlineData(ConsoleKey.G, ConsoleModifiers.Control, nameof(GenerationExtent.Endless))]
    public void Of_KeysThatLetTheModelWrite_SayHowFar(ConsoleKey key, ConsoleModifiers modifiers, string extent) =>
        Assert.Equal(new PlayAction(PlayVerb.Generate, Extent: Enum.Parse<GenerationExtent>(extent)), Of('\0', key, modifiers));

    [Theory]
    [InlineData('7', ConsoleKey.D7, ConsoleModifiers.None)]
    [InlineData('T', ConsoleKey.T, ConsoleModifiers.Shift)]
    [InlineData(' ', ConsoleKey.Spacebar, ConsoleModifiers.None)]
    [InlineData('中', default(ConsoleKey), ConsoleModifiers.None)]
    public void Of_Characters_AreTyped(char character, ConsoleKey key, ConsoleModifiers modifiers) =>
        Assert.Equal(new PlayAction(PlayVerb.Type, character.ToString()), Of(character, key, modifiers));

    [Fact]
    public void Of_NumbersAndSteps_AreTold()
    {
        Assert.Equal(new PlayAction(PlayVerb.AcceptNumber, Number: 0), Of('1', ConsoleKey.D1, ConsoleModifiers.Alt));
        Assert.Equal(new PlayAction(PlayVerb.AcceptNumber, Number: 8), Of('9', ConsoleKey.D9, ConsoleModifiers.Alt));
        Assert.Equal(new PlayAction(PlayVerb.Select, Number: 1), Of('\0', ConsoleKey.DownArrow, ConsoleModifiers.None));
        Assert.Equal(new PlayAction(PlayVerb.AdjustTemperature, Number: -1), Of('\0', ConsoleKey.PageDown, ConsoleModifiers.None));
    }

    private static PlayAction Of(char character, ConsoleKey key, ConsoleModifiers modifiers) => PlayKeys.GetAction(new(
        character,
        key,
        modifiers.HasFlag(ConsoleModifiers.Shift),
        modifiers.HasFlag(ConsoleModifiers.Alt),
        modifiers.HasFlag(ConsoleModifiers.Control)));
}
