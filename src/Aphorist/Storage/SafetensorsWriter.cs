using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Aphorist.IO;
using Aphorist.Storage;

namespace Aphorist;

/// <summary>
/// Writes a safetensors file. Declare the metadata and the names and shapes of all tensors, write the values in the same order, then call
/// <see cref="Commit"/>.
/// </summary>
/// <remarks>Values are written directly from the caller's memory. An existing file is replaced only by <see cref="Commit"/>.</remarks>
public sealed class SafetensorsWriter : IDisposable
{
    // Data that start on a cache line can be memory-mapped and used in place.
    private const int DataAlignment = 64;

    private const int ValuesPerWrite = 1 << 20;

    private readonly AtomicFile? file;
    private readonly Stream stream;
    private readonly Dictionary<string, string> metadata = [];
    private readonly List<SafetensorsTensor> tensors = [];
    private readonly HashSet<string> names = ["__metadata__"];
    private bool headerWritten;
    private int current;
    private long writtenOfCurrent;

    /// <summary>Starts a new version of a file. The previous version remains until <see cref="Commit"/>.</summary>
    /// <param name="path">The path of the file. Its folder must exist.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public SafetensorsWriter(string path) => stream = file = new AtomicFile(path);

    /// <summary>Starts a file in a stream, which stays open.</summary>
    /// <param name="stream">The stream. It need not be able to seek.</param>
    public SafetensorsWriter(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        this.stream = stream;
    }

    /// <summary>Sets an entry of the metadata.</summary>
    public void SetMetadata(string key, string value)
    {
        RequireNoHeader();
        metadata[key] = value;
    }

    /// <summary>Declares a tensor of 32-bit floats.</summary>
    /// <param name="name">The name, which must be unique.</param>
    /// <param name="shape">The dimensions; none for a single value.</param>
    public void Declare(string name, params ReadOnlySpan<long> shape) => Declare(name, "F32", shape);

    /// <summary>Declares a tensor of 64-bit floats.</summary>
    /// <inheritdoc cref="Declare(string, ReadOnlySpan{long})"/>
    public void DeclareDouble(string name, params ReadOnlySpan<long> shape) => Declare(name, "F64", shape);

    /// <summary>Writes values of the next declared tensor in row-major order: all of them, or the next part.</summary>
    /// <param name="name">The name of the next tensor.</param>
    /// <param name="values">The values.</param>
    /// <exception cref="IOException">The values could not be written, for example because the disk is full.</exception>
    public void Write(string name, ReadOnlySpan<float> values) => Write(name, "F32", MemoryMarshal.Cast<float, int>(values));

    /// <inheritdoc cref="Write(string, ReadOnlySpan{float})"/>
    public void Write(string name, ReadOnlySpan<double> values) => Write(name, "F64", MemoryMarshal.Cast<double, long>(values));

    /// <summary>Completes the file: flushes it to the disk and renames it into place, or flushes the stream.</summary>
    /// <exception cref="InvalidOperationException">A declared tensor was not written completely.</exception>
    /// <exception cref="IOException">The file could not be completed. The previous file is unchanged.</exception>
    public void Commit()
    {
        WriteHeader();
        SkipCompleteTensors(until: null);
        if (current < tensors.Count)
            throw new InvalidOperationException($"The tensor '{tensors[current].Name}' was not written completely.");
        stream.Flush();
        file?.Commit();
    }

    /// <summary>Deletes the new version unless it was committed. A stream stays open.</summary>
    public void Dispose() => file?.Dispose();

    private void Declare(string name, string dataType, ReadOnlySpan<long> shape)
    {
        RequireNoHeader();
        if (!names.Add(name)) throw new ArgumentException($"There is already a tensor '{name}'.", nameof(name));
        long count = 1;
        foreach (long dimension in shape) count = checked(count * dimension);
        ArgumentOutOfRangeException.ThrowIfNegative(count, nameof(shape));
        long offset = tensors.Count == 0 ? 0 : tensors[^1].Position + tensors[^1].ByteLength;
        long byteLength = checked(count * SafetensorsElement.BytesOf(dataType));
        tensors.Add(new SafetensorsTensor(name, dataType, shape.ToArray(), count, offset, byteLength));
    }

    private void Write<T>(string name, string dataType, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        WriteHeader();
        SkipCompleteTensors(until: name);
        SafetensorsTensor? tensor = current < tensors.Count ? tensors[current] : null;
        if (tensor?.Name != name || tensor.DataType != dataType)
            throw new InvalidOperationException($"'{name}' ({dataType}) is not the next tensor, which is '{tensor?.Name}'.");
        if (values.Length > tensor.Count - writtenOfCurrent)
            throw new ArgumentException(
                $"'{name}' is declared as {tensor.ShapeText} and cannot hold more than {tensor.Count} values.", nameof(values));
        writtenOfCurrent += values.Length;
        for (; values.Length > ValuesPerWrite; values = values[ValuesPerWrite..]) WriteLittleEndian(values[..ValuesPerWrite]);
        WriteLittleEndian(values);
    }

    private void WriteLittleEndian<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (BitConverter.IsLittleEndian)
        {
            stream.Write(MemoryMarshal.AsBytes(values));
            return;
        }

        T[] reversed = values.ToArray();
        if (reversed is int[] four) BinaryPrimitives.ReverseEndianness(four, four);
        if (reversed is long[] eight) BinaryPrimitives.ReverseEndianness(eight, eight);
        stream.Write(MemoryMarshal.AsBytes(reversed.AsSpan()));
    }

    private void SkipCompleteTensors(string? until)
    {
        while (current < tensors.Count && writtenOfCurrent == tensors[current].Count && tensors[current].Name != until)
        {
            current++;
            writtenOfCurrent = 0;
        }
    }

    private void RequireNoHeader()
    {
        if (headerWritten)
            throw new InvalidOperationException("Metadata and tensors must be declared before the first values are written.");
    }

    private void WriteHeader()
    {
        if (headerWritten) return;
        headerWritten = true;
        ArrayBufferWriter<byte> json = new();
        WriteJson(json);
        int end = sizeof(long) + json.WrittenCount;
        int padding = (DataAlignment - end % DataAlignment) % DataAlignment;
        json.GetSpan(padding)[..padding].Fill((byte)' ');
        json.Advance(padding);

        if (json.WrittenCount > SafetensorsHeader.MaxLength)
        {
            throw new InvalidOperationException(
                $"The names and the metadata take {json.WrittenCount} bytes, "
                + $"but the format allows headers of up to {SafetensorsHeader.MaxLength} bytes.");
        }

        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, json.WrittenCount);
        stream.Write(length);
        stream.Write(json.WrittenSpan);
    }

    private void WriteJson(ArrayBufferWriter<byte> buffer)
    {
        using Utf8JsonWriter json = new(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        if (metadata.Count > 0)
        {
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in metadata) json.WriteString(key, value);
            json.WriteEndObject();
        }

        foreach (SafetensorsTensor tensor in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", tensor.DataType);
            WriteNumbers(json, "shape", tensor.Shape);
            WriteNumbers(json, "data_offsets", [tensor.Position, tensor.Position + tensor.ByteLength]);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
