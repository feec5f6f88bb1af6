namespace Aphorist.Text.Cache;

/// <summary>The tokens of a prepared text: each code's id is looked up when it is read, so that one file serves every vocabulary of characters.</summary>
/// <param name="file">The file.</param>
/// <param name="ids">The id of each code.</param>
internal sealed class RemappedTokenSequence(CacheFile file, int[] ids) : TokenSequence
{
    public override long Count => file.Description.Count;

    /// <summary>The tokens of a prepared text of characters.</summary>
    /// <exception cref="UnknownCharacterException">The text has a character that the vocabulary lacks.</exception>
    public static RemappedTokenSequence Of(CacheFile file, CharacterTokenizer vocabulary)
    {
        int[] ids = [.. file.Description.Characters.EnumerateRunes().Select(vocabulary.GetId)];
        // Codes are numbered as their characters come: the first one unknown is the first in the text.
        int unknown = Array.IndexOf(ids, -1);
        return unknown < 0 ? new(file, ids) : throw new UnknownCharacterException(file.Description.Characters.EnumerateRunes().ElementAt(unknown), file.PlaceOf(unknown));
    }

    public override void Read(long start, Span<int> destination)
    {
        file.Read(start, destination);
        foreach (ref int token in destination) token = (uint)token < (uint)ids.Length ? ids[token] : throw file.Damaged();
    }
}
