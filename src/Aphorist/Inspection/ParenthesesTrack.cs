using System.Text;

namespace Aphorist.Inspection;

/// <summary>See <see cref="TextFeature.InsideParentheses"/>.</summary>
internal sealed class ParenthesesTrack : FeatureTrack
{
    private readonly BlankLines blankLines = new();
    private int depth;

    public override double Read(Rune character)
    {
        if (blankLines.EndsWith(character)) depth = 0;
        depth = character.Value switch
        {
            '(' or '（' => depth + 1,
            ')' or '）' => Math.Max(0, depth - 1),
            _ => depth,
        };
        return depth > 0 ? 1 : 0;
    }
}
