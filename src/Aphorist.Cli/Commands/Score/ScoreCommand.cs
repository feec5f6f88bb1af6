using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Score;

/// <summary>`aphorist score`: where a text surprises a model.</summary>
internal static class ScoreCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly Argument<string[]> Text = WordArgument.Several("FILE", "The text to read: files, a name that `aphorist corpora` lists, a folder, a pattern, or - for standard input.");

    private static readonly NumberOption<int> Passages = NumberOptions.Whole("--passages", "Passages to list: those of about a line each with the most surprise per character. 8 by default.", 0, 1000);

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "Write the text in colours of its surprise to this file, a web page that needs nothing else.",
        HelpName = "file",
    };

    private static readonly NumberOption<int> Length = NumberOptions.Whole(
        "--length", "Tokens from the beginning of the text that the page shows; the totals are of the whole text. 20000 by default.", 1, 1_000_000);

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    public static Command Create()
    {
        Command command = new("score", "Tells how surprising a text is to a model, every token from the first on, and which passages are the oddest.")
        {
            Model, Text, Passages, Output, Length, Encoding,
        };
        command.SetAction((call, cancellationToken) => ScoreCall.RunAsync(RequestOf(call), CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist score runs/nietzsche draft.txt --output draft.html", "Finds what is odd in a text, and shows the whole in colours."),
            new("aphorist score runs/aphorisms - --json < draft.txt", "Reads standard input and prints one JSON object."));
        return command;
    }

    private static ScoreRequest RequestOf(ParseResult call)
    {
        string[] sources = call.GetValue(Text) is { Length: > 0 } given ? given : throw new UsageException("Name the text to read: aphorist score MODEL FILE.");
        if (Length.GetValue(call) is not null && call.GetValue(Output) is null)
            throw new UsageException($"{Length.Name} is how much of the text a page shows: name one with {Output.Name}, or leave it out.");
        return new(call.GetRequiredValue(Model), sources, call.GetValue(Encoding), Passages.GetValue(call) ?? 8, Length.GetValue(call) ?? 20_000, call.GetValue(Output));
    }
}
