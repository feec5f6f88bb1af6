namespace Aphorist.Cli.Commands.Play;

/// <summary>What is to be shown.</summary>
internal sealed record PlayView
{
    public required PlayText Text { get; init; }

    public required IReadOnlyList<Suggestion> Suggestions { get; init; }

    public required int Selected { get; init; }

    public required double Temperature { get; init; }

    public required string Note { get; init; }

    public required bool IsWriting { get; init; }

    public static PlayView Of(PlaySession session) => new()
    {
        Text = session.Text,
        Suggestions = session.IsWriting ? [] : session.Suggestions,
        Selected = session.Selected,
        Temperature = session.Temperature,
        Note = session.Note,
        IsWriting = session.IsWriting,
    };
}
