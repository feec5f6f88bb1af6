namespace Aphorist.Reference;

/// <summary>What the layers of a model are.</summary>
public enum ReferenceArchitecture
{
    /// <summary>See <see cref="LstmStep"/>.</summary>
    Lstm,

    /// <summary>A GRU that resets after the product, see <see cref="GruResetAfterStep"/>.</summary>
    Gru,

    /// <summary>A GRU that resets before the product, see <see cref="GruResetBeforeStep"/>.</summary>
    GruResetBefore,

    /// <summary>See <see cref="ConvolutionRun"/>.</summary>
    Convolution,
}
