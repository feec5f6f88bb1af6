namespace Aphorist.Cli.Commands.Play;

/// <summary>How a piece of a line looks; without colours everything looks alike, and nothing may be told by colour alone.</summary>
internal enum Ink
{
    Plain = 0,
    Chosen = 1,
    Faint = 2,
    Bar = 32,
    Note = 33,
    Written = 36,
}
