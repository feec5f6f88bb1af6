namespace Aphorist.Interop.Hdf5;

/// <summary>A message of an object's header: one thing that the file says about the object.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Body">How.</param>
internal readonly record struct Hdf5Message(Hdf5MessageKind Kind, ReadOnlyMemory<byte> Body);

/// <summary>The kinds of messages that are read; all others are passed over.</summary>
internal enum Hdf5MessageKind
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}
