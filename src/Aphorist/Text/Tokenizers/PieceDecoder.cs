namespace Aphorist.Text.Tokenizers;

/// <summary>Decodes tokens each of which is a piece of text by itself.</summary>
internal sealed class PieceDecoder(Func<int, string> pieceOf) : TokenDecoder
{
    public override string Append(int id) => pieceOf(id);

    public override string Flush() => "";
}
