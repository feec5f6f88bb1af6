namespace Aphorist.Text.Cache;

/// <summary>The tokens of a large text whose ids are in a cache file.</summary>
/// <param name="file">The file.</param>
/// <param name="vocabularySize">The number of different ids.</param>
internal sealed class CachedTokenSequence(CacheFile file, int vocabularySize) : TokenSequence
{
    public override long Count => file.Description.Count;

    public override void Read(long start, Span<int> destination)
    {
        file.Read(start, destination);
        foreach (int token in destination)
        {
            if ((uint)token >= (uint)vocabularySize) throw file.Damaged();
        }
    }
}

/// <summary>
/// The tokens of a large text, one for each character: the id of each character code is looked up when it is read, so that one file serves
/// all vocabularies of characters.
/// </summary>
/// <param name="file">The file with the characters.</param>
/// <param name="ids">The id of each code.</param>
internal sealed class RemappedTokenSequence(CacheFile file, int[] ids) : TokenSequence
{
    public override long Count => file.Description.Count;

    public override void Read(long start, Span<int> destination)
    {
        file.Read(start, destination);
        foreach (ref int token in destination) token = (uint)token < (uint)ids.Length ? ids[token] : throw file.Damaged();
    }
}
