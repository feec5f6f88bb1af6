namespace Aphorist.Interop.Tests.Keras;

/// <summary>The ways in which Keras has written models.</summary>
public enum KerasDialect
{
    /// <summary>HDF5 of Keras 1: a list of layers, an array for each gate.</summary>
    Keras1,

    /// <summary>HDF5 of Keras 2 and of TensorFlow's Keras.</summary>
    Keras2,

    /// <summary>HDF5 as Keras 3 still writes it.</summary>
    Keras3Hdf5,

    /// <summary>The zip archive of Keras 3.</summary>
    Keras3,
}
