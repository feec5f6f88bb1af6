namespace Aphorist;

/// <summary>What is done to a text before its characters are counted; a model remembers it, so that prompts are treated alike.</summary>
/// <param name="Lowercase">Whether every character is replaced by its invariant lower-case form. Off by default.</param>
public readonly record struct TextNormalization(bool Lowercase = false)
{
    /// <summary>
    /// Returns <paramref name="text"/> with CRLF and lone CR replaced by LF and, where asked for, in lower case. Other line and page
    /// separators stay: they are characters that a model can learn. Applying it twice changes nothing more.
    /// </summary>
    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        // ReplaceLineEndings would also turn form feeds, U+0085, U+2028 and U+2029 into line feeds.
        string normalized = text.Contains('\r') ? text.Replace("\r\n", "\n").Replace('\r', '\n') : text;
        return Lowercase ? normalized.ToLowerInvariant() : normalized;
    }
}
