namespace Aphorist.Peers;

/// <summary>The recurrent layers that both libraries have.</summary>
internal enum RecurrentKind
{
    Lstm,
    Gru,
    Rnn,
}
