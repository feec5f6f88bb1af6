using System.CommandLine;
using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Commands.Inspect;

/// <summary>`aphorist inspect`: what the cells of a model do while it reads a text.</summary>
internal static class InspectCommand
{
    private static readonly Argument<string> Model = WordArgument.One("MODEL", "A model file, or the folder of a run.");

    private static readonly Argument<string[]> Text = WordArgument.Several("TEXT", "The text to read: a name that `aphorist corpora` lists, files, a folder, a pattern, or - for standard input.");

    private static readonly NumberOption<int> Length = NumberOptions.Whole("--length", "Tokens from the beginning that the page shows; the figures are of the whole text. 4000 by default.", 1, 20_000);

    private static readonly NumberOption<int> Cells = NumberOptions.Whole("--cells", "Cells that are listed for each feature. 4 by default.", 1, 100);

    private static readonly NumberOption<double> Tail = NumberOptions.Real(
        "--tail", "share", "Share of the text, from its end, that is read. 1 by default.", value => value > 0 && value <= 1, "a share above 0, up to 1");

    private static readonly Option<string?> Encoding = EncodingOption.Create();

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = "The page, an HTML file that needs nothing else. inspect.html beside the model file by default.",
        HelpName = "file",
    };

    public static Command Create()
    {
        Command command = new("inspect", "Shows what the cells of a model do while it reads a text: a page on which one picks a cell and sees where it fires, the cells that follow the position in the line, quotation marks and the like closest, and how often gates are saturated.")
        {
            Model, Text, Length, Cells, Tail, Encoding, Output,
        };
        command.SetAction((call, cancellationToken) => InspectCall.RunAsync(RequestOf(call), CommandOutput.Of(call), cancellationToken));
        Example.Attach(
            command,
            new("aphorist inspect runs/aphorisms aphorisms", "Reads the text that the model was trained on, and writes runs/aphorisms/inspect.html."),
            new("aphorist inspect runs/aphorisms aphorisms --tail 0.05 --output held-out.html", "Reads only the last 5 %, which training with --validation 0.05 has not seen."),
            new("aphorist inspect model.safetensors other.txt --json", "Prints the cells and their correlations as one JSON object."));
        return command;
    }

    private static InspectRequest RequestOf(ParseResult call) => new(
        call.GetRequiredValue(Model),
        call.GetValue(Text) is { Length: > 0 } given ? given : throw new UsageException("Name the text to read: aphorist inspect MODEL TEXT."),
        call.GetValue(Encoding),
        Tail.GetValue(call) ?? 1,
        Length.GetValue(call) ?? 4000,
        Cells.GetValue(call) ?? 4,
        call.GetValue(Output));
}
