namespace Aphorist.Interop.Hdf5;

/// <summary>The bytes of an array's values, row by row: in the file, or in memory where they were packed.</summary>
internal sealed class Hdf5Values
{
    private readonly Hdf5Bytes? file;
    private readonly long address;
    private readonly ReadOnlyMemory<byte> memory;

    public Hdf5Values(Hdf5Bytes file, long address) => (this.file, this.address) = (file, address);

    public Hdf5Values(ReadOnlyMemory<byte> memory) => this.memory = memory;

    /// <summary>Copies the bytes from a place on.</summary>
    public void Read(long place, Span<byte> bytes)
    {
        if (file is null) memory.Span.Slice((int)place, bytes.Length).CopyTo(bytes);
        else file.ReadValues(address + place, bytes);
    }
}
