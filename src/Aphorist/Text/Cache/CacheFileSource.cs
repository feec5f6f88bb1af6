namespace Aphorist.Text.Cache;

/// <summary>A file that a prepared text was made of, as it was then: while length and time of the last change are the same, so is the text.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Modified">When it was changed last, in ticks of UTC.</param>
internal sealed record CacheFileSource(string Path, long Length, long Modified)
{
    /// <exception cref="CorpusException">The file cannot be looked at.</exception>
    public static CacheFileSource Of(string path)
    {
        try
        {
            FileInfo file = new(path);
            return new(file.FullName, file.Length, file.LastWriteTimeUtc.Ticks);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CorpusErrors.Unreadable(path, exception);
        }
    }
}
