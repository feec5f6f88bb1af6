namespace Aphorist.Cli.Commands.Score;

/// <summary>A passage of a text.</summary>
/// <param name="Start">How many tokens come before it.</param>
/// <param name="Length">Its tokens.</param>
/// <param name="Characters">Its characters.</param>
/// <param name="Line">The line that it begins in, from 1.</param>
/// <param name="Bits">Its surprise.</param>
/// <param name="Text">What it says.</param>
internal sealed record Passage(long Start, int Length, int Characters, long Line, double Bits, string Text)
{
    /// <summary>What passages are ranked by.</summary>
    public double BitsPerCharacter => Bits / Characters;

    public bool Overlaps(Passage other) => Start < other.Start + other.Length && other.Start < Start + Length;
}
