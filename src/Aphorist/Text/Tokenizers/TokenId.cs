namespace Aphorist.Text.Tokenizers;

/// <summary>Checks ids that come from outside.</summary>
internal static class TokenId
{
    /// <returns>The id.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is not one of a vocabulary of so many tokens.</exception>
    public static int Checked(int id, int count) => (uint)id < (uint)count
        ? id
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"The ids of this vocabulary run from 0 to {count - 1}.");
}
