namespace Aphorist.Cli.Commands.Export;

/// <summary>What `aphorist export` writes a model as.</summary>
internal enum ExportFormat
{
    /// <summary>A graph for ONNX Runtime and others.</summary>
    Onnx,

    /// <summary>A file of Keras 2 or 3.</summary>
    Keras,
}
