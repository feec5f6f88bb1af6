namespace Aphorist.Cli.Exporting;

/// <summary>What `aphorist export` writes a model as.</summary>
internal enum ExportFormat
{
    /// <summary>A graph for ONNX Runtime and others.</summary>
    Onnx,

    /// <summary>An HDF5 file of Keras 2.</summary>
    Keras,
}
