using System.Text;

namespace Aphorist.Cli.Commands.Play;

/// <summary>The file that the text is saved to: the one named, or else one of its own in the current folder.</summary>
internal sealed class PlayFile(string? named)
{
    private string? path = named;

    /// <summary>Saves the text and says where, or why not.</summary>
    public string TrySave(string text)
    {
        try
        {
            path ??= FreeName();
            Save(text);
            return $"Saved to {path}.";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message.ReplaceLineEndings(" ");
        }
    }

    /// <summary>Saves the text.</summary>
    public void Save(string text) => File.WriteAllText(path!, text, new UTF8Encoding(false));

    private static string FreeName() => Enumerable.Range(1, int.MaxValue).Select(number => $"play-{number}.txt").First(name => !File.Exists(name));
}
