using Aphorist.Storage;
using PureHDF;
using PureHDF.VOL.Native;

namespace Aphorist.Interop.Keras;

/// <summary>A dataset of floating-point numbers.</summary>
internal sealed class Hdf5Array(Hdf5File file, string name, NativeDataset dataset)
{
    // What is packed with gzip, which is no use for weights, cannot be more than a thousand times as long.
    private const int MostPacking = 1032;

    /// <summary>Its path in the file.</summary>
    public string Name => name;

    /// <summary>Its values, row by row.</summary>
    /// <param name="shape">The shape that it must have.</param>
    /// <exception cref="ModelFileException">It has another shape or type, there is not as much in the file, or a value is not finite as a float.</exception>
    public float[] Read(params long[] shape)
    {
        float[] values = file.Guarded(() => ReadChecked(shape));
        int wrong = System.Array.FindIndex(values, value => !float.IsFinite(value));
        return wrong < 0 ? values : throw new ModelFileException(
            file.Path, FormattableString.Invariant($"value {wrong} of the weights '{name}' is {values[wrong]}; the training diverged or the file is damaged, so use an earlier model"));
    }

    private float[] ReadChecked(long[] shape)
    {
        ulong[] dimensions = dataset.Space.Dimensions;
        if (!dimensions.SequenceEqual(shape.Select(size => (ulong)size)))
            throw new ModelFileException(file.Path, $"the weights '{name}' have the shape [{string.Join(", ", dimensions)}] where [{string.Join(", ", shape)}] is expected");
        if (dataset.Type is not { Class: H5DataTypeClass.FloatingPoint, Size: 2 or 4 or 8 })
            throw new ModelFileException(file.Path, $"the weights '{name}' are no floating-point numbers of 16, 32 or 64 bits");
        CheckLength((int)Hdf5File.CountOf(dataset.Space), Hdf5File.CountOf(dataset.Space) * dataset.Type.Size);
        int count = shape.Aggregate(1, (product, size) => checked(product * (int)size));
        return dataset.Type.Size switch
        {
            2 => System.Array.ConvertAll(Values<Half>(count), value => (float)value),
            4 => Values<float>(count),
            _ => System.Array.ConvertAll(Values<double>(count), value => (float)value),
        };
    }

    private void CheckLength(int count, double bytes)
    {
        H5DataLayoutClass layout = dataset.Layout.Class;
        if (layout == H5DataLayoutClass.VirtualStorage) throw new ModelFileException(file.Path, $"the weights '{name}' lie in other files");
        bool isPacked = layout == H5DataLayoutClass.Chunked;
        bool isTooLong = bytes > (isPacked ? (double)MostPacking : 1) * file.Length;
        // A chunk is unpacked as a whole, and may claim to be much larger than what lies in it.
        if (isTooLong || (isPacked && dataset.Layout.Chunks.Aggregate(1.0, (product, size) => product * size) > 4.0 * count))
            throw new ModelFileException(file.Path, $"the weights '{name}' are larger than the file");
    }

    private T[] Values<T>(int count)
        where T : struct
    {
        T[] values = new T[count];
        dataset.Read(values.AsSpan());
        return values;
    }
}
