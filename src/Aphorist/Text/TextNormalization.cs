namespace Aphorist.Text;

/// <summary>What is done to a text before its characters are counted; a model remembers it, so that prompts are treated alike.</summary>
/// <param name="Lowercase">Whether every character is replaced by its invariant lower-case form. Off by default.</param>
public readonly record struct TextNormalization(bool Lowercase = false)
{
    /// <summary>Returns <paramref name="text"/> with CRLF and lone CR replaced by LF and, where asked for, in lower case.</summary>
    public string Apply(string text)
    {
        string normalized = text.ReplaceLineEndings("\n");
        return Lowercase ? normalized.ToLowerInvariant() : normalized;
    }
}
