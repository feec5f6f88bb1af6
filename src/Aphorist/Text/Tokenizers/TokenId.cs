namespace Aphorist.Text.Tokenizers;

/// <summary>Checks ids that a caller gave.</summary>
internal static class TokenId
{
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The id is not in a vocabulary of this size.</exception>
    public static int Checked(int id, int vocabularySize) => (uint)id < (uint)vocabularySize
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The ids of this vocabulary are from 0 to {vocabularySize - 1}.");
}
