namespace Aphorist.Reference;

/// <summary>The kind of the layers of a model.</summary>
public enum ReferenceArchitecture
{
    /// <summary>An LSTM, see <see cref="LstmStep"/>.</summary>
    Lstm,

    /// <summary>A GRU with its reset gate after the product, see <see cref="GruResetAfterStep"/>.</summary>
    Gru,

    /// <summary>A GRU with its reset gate before the product, see <see cref="GruResetBeforeStep"/>.</summary>
    GruResetBefore,

    /// <summary>A dilated convolution, see <see cref="ConvolutionRun"/>.</summary>
    Convolution,

    /// <summary>A vanilla RNN, see <see cref="RnnStep"/>.</summary>
    Rnn,
}
