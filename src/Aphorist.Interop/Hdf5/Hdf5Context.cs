namespace Aphorist.Interop.Hdf5;

/// <summary>What all structures of a file are read with: its bytes, how long its addresses are, and what was read already.</summary>
internal sealed class Hdf5Context(Hdf5Bytes file, Hdf5Sizes sizes)
{
    private readonly Dictionary<long, Hdf5Object> objects = [];
    private readonly Dictionary<long, Hdf5GlobalHeap> heaps = [];

    public Hdf5Bytes File => file;

    public Hdf5Sizes Sizes => sizes;

    public Hdf5Fields Fields(ReadOnlySpan<byte> bytes) => new(file, bytes, sizes);

    /// <summary>The object whose header lies at an address.</summary>
    public Hdf5Object Object(long address) => objects.TryGetValue(address, out Hdf5Object? found) ? found : objects[address] = Hdf5Object.Read(this, address);

    /// <summary>The collection of texts at an address.</summary>
    public Hdf5GlobalHeap Heap(long address) => heaps.TryGetValue(address, out Hdf5GlobalHeap? found) ? found : heaps[address] = Hdf5GlobalHeap.Read(this, address);
}
