namespace Aphorist.Interop;

/// <summary>The files in which Keras saves models.</summary>
public enum KerasFileKind
{
    /// <summary>HDF5 as Keras 2 writes it. Keras reads it from 2.2 on, but Keras 3 takes hard sigmoid gates in it for another function.</summary>
    Keras2,

    /// <summary>The <c>.keras</c> archive of Keras 3.</summary>
    Keras3,
}
