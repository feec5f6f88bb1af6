namespace Aphorist.Peers;

/// <summary>The recurrent layers that both sides have.</summary>
internal enum RecurrentKind
{
    Lstm,
    Gru,
}
