using System.Text;

namespace Aphorist.Cli.Commands.Train;

/// <summary>The folder of a run that was given none.</summary>
internal static class RunFolderName
{
    /// <summary>runs/ and the corpus's name; with -2, -3, ... appended when that folder is taken.</summary>
    public static string For(string corpus)
    {
        string wanted = Path.Combine("runs", Plain(corpus));
        string free = wanted;
        for (int number = 2; Path.Exists(free); number++) free = $"{wanted}-{number}";
        return free;
    }

    /// <summary>The name without its extension and without what file systems or shells dislike.</summary>
    private static string Plain(string corpus)
    {
        string name = corpus.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) ? corpus[..^4] : corpus;
        StringBuilder plain = new();
        foreach (Rune character in name.EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(character) || "._".Contains(character.ToString(), StringComparison.Ordinal)) plain.Append(character);
            else if (plain.Length > 0 && plain[^1] != '-') plain.Append('-');
        }

        string result = plain.ToString().Trim('-', '.');
        return result.Length == 0 ? "text" : result;
    }
}
