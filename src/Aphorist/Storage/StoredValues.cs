using System.Globalization;
using System.Numerics.Tensors;

namespace Aphorist.Storage;

/// <summary>Carries the values of one tensor between a file, which has PyTorch's order, and the arena, which has the engine's.</summary>
internal static class StoredValues
{
    // Rows that are transposed together: a cache line of the arena's side.
    private const int RowsPerBlock = 16;

    public static void Write(SafetensorsWriter writer, StoredTensor stored, Parameters parameters)
    {
        ParameterTensor parameter = Find(stored, parameters);
        ReadOnlySpan<float> values = parameters.GetValues(parameter);
        if (stored.IsAdded) writer.Write(stored.Name, new float[parameter.Length]);
        else if (parameter.Transposed) WriteTransposed(writer, stored.Name, parameter, values);
        else writer.Write(stored.Name, values);
    }

    public static void Read(SafetensorsReader reader, StoredTensor stored, Parameters parameters)
    {
        ParameterTensor parameter = Find(stored, parameters);
        SafetensorsTensor tensor = reader.Find(stored.Name)!;
        Span<float> values = parameters.GetValues(parameter);
        if (stored.IsAdded)
        {
            Add(reader, tensor, values);
        }
        else if (parameter.Transposed)
        {
            ReadTransposed(reader, tensor, parameter, values);
        }
        else
        {
            reader.Read(tensor, 0, values);
            CheckFinite(reader.Path, tensor, 0, values);
        }
    }

    private static ParameterTensor Find(StoredTensor stored, Parameters parameters) =>
        parameters.Tensors.First(parameter => parameter.Name == stored.Parameter);

    private static void WriteTransposed(SafetensorsWriter writer, string name, ParameterTensor parameter, ReadOnlySpan<float> values)
    {
        (int rows, int columns) = (parameter.Rows, parameter.Columns);
        float[] block = new float[RowsPerBlock * columns];
        for (int start = 0; start < rows; start += RowsPerBlock)
        {
            int count = Math.Min(RowsPerBlock, rows - start);
            for (int column = 0; column < columns; column++)
                for (int row = 0; row < count; row++) block[row * columns + column] = values[column * rows + start + row];
            writer.Write(name, block.AsSpan(0, count * columns));
        }
    }

    private static void ReadTransposed(SafetensorsReader reader, SafetensorsTensor tensor, ParameterTensor parameter, Span<float> values)
    {
        (int rows, int columns) = (parameter.Rows, parameter.Columns);
        float[] block = new float[RowsPerBlock * columns];
        for (int start = 0; start < rows; start += RowsPerBlock)
        {
            int count = Math.Min(RowsPerBlock, rows - start);
            Span<float> part = block.AsSpan(0, count * columns);
            reader.Read(tensor, (long)start * columns, part);
            CheckFinite(reader.Path, tensor, (long)start * columns, part);
            for (int column = 0; column < columns; column++)
                for (int row = 0; row < count; row++) values[column * rows + start + row] = block[row * columns + column];
        }
    }

    private static void Add(SafetensorsReader reader, SafetensorsTensor tensor, Span<float> values)
    {
        float[] added = new float[values.Length];
        reader.Read(tensor, 0, added);
        CheckFinite(reader.Path, tensor, 0, added);
        for (int i = 0; i < added.Length; i++)
        {
            // Adding 0 would turn a -0 into 0, and a file must give back the bits that were saved.
            if (added[i] != 0) values[i] += added[i];
        }

        CheckFinite(reader.Path, tensor, 0, values);
    }

    /// <summary>The indices of a value along each dimension of its tensor.</summary>
    private static string PlaceOf(SafetensorsTensor tensor, long index)
    {
        List<long> place = [];
        foreach (long size in tensor.Shape.Reverse())
        {
            place.Insert(0, index % size);
            index /= size;
        }

        return $"[{string.Join(", ", place)}]";
    }

    private static void CheckFinite(string path, SafetensorsTensor tensor, long start, ReadOnlySpan<float> values)
    {
        if (TensorPrimitives.IsFiniteAll(values)) return;
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsFinite(values[i])) continue;
            string place = PlaceOf(tensor, start + i);
            string value = values[i].ToString(CultureInfo.InvariantCulture);
            throw new ModelFileException(path, $"tensor '{tensor.Name}' has the value {value} at {place}; the training diverged or the file is damaged, so use an earlier model");
        }
    }
}
