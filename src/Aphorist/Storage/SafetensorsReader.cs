using System.Buffers.Binary;
using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Aphorist.Storage;
using Aphorist.Text;

namespace Aphorist;

/// <summary>
/// Reads a safetensors file: the header on opening, and each tensor on request, directly into the caller's memory. Not thread-safe.
/// </summary>
public sealed class SafetensorsReader : IDisposable
{
    private const int ValuesPerRead = 1 << 14;

    private readonly Stream stream;
    private readonly bool leavesOpen;
    private readonly long origin;
    private readonly SafetensorsHeader header;

    private SafetensorsReader(string path, Stream stream, bool leavesOpen)
    {
        (Path, this.stream, this.leavesOpen, origin) = (path, stream, leavesOpen, stream.Position);
        FileLength = stream.Length - origin;
        header = ReadHeader();
    }

    /// <summary>The path of the file, or the name of the stream.</summary>
    public string Path { get; }

    /// <summary>The length in bytes.</summary>
    public long FileLength { get; }

    /// <summary>The entries of the metadata; empty if the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>The tensors in the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => header.Tensors;

    /// <summary>
    /// Checks whether bytes look like the start of a safetensors file: a header length and the first character of the header.
    /// </summary>
    /// <param name="start">The first bytes of the file, at least 9.</param>
    public static bool LooksLikeSafetensors(ReadOnlySpan<byte> start) => start.Length > sizeof(long) && start[sizeof(long)] == (byte)'{';

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="ModelFileException">The file does not exist, cannot be read, or is not a complete safetensors file.</exception>
    public static SafetensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new ModelFileException(path, "it is a folder; name the model file in it");
        if (!File.Exists(path)) throw new ModelFileException(path, "there is no such file; check the path");
        Stream? stream = null;
        try
        {
            // Unbuffered, because every read is large.
            stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
            return new SafetensorsReader(path, stream, leavesOpen: false);
        }
        catch (Exception exception)
        {
            stream?.Dispose();
            if (IsFailure(exception)) throw Failure(path, exception);
            throw;
        }
    }

    /// <summary>Opens a stream and checks its header.</summary>
    /// <param name="stream">
    /// The stream, from its position to its end. It stays open and must not be read by others during this time. If it cannot seek, it is
    /// read into memory first and is limited to 2 GiB.
    /// </param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <exception cref="ModelFileException">The stream cannot be read, or is not a complete safetensors file.</exception>
    public static SafetensorsReader Open(Stream stream, string name = "stream")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        try
        {
            if (stream.CanSeek) return new SafetensorsReader(name, stream, leavesOpen: true);
            MemoryStream copy = new();
            stream.CopyTo(copy);
            copy.Position = 0;
            return new SafetensorsReader(name, copy, leavesOpen: false);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw Failure(name, exception);
        }
    }

    /// <summary>Opens a file in memory and checks its header.</summary>
    /// <param name="bytes">The content of the file.</param>
    /// <param name="name">The name of the file in error messages.</param>
    /// <exception cref="ModelFileException">The bytes are not a complete safetensors file.</exception>
    public static SafetensorsReader Open(ReadOnlyMemory<byte> bytes, string name = "memory") => Open(
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) && segment.Array is { } array
            ? new MemoryStream(array, segment.Offset, segment.Count, writable: false)
            : new MemoryStream(bytes.ToArray(), writable: false),
        name);

    /// <summary>Returns the tensor of this name, or null if the file has none.</summary>
    public SafetensorsTensor? Find(string name) => header.Find(name);

    /// <summary>Reads a whole tensor of F32, F16, BF16 or F64 as floats in row-major order.</summary>
    /// <param name="name">The name of the tensor.</param>
    /// <param name="destination">Receives the values. Its length must be that of the tensor.</param>
    /// <exception cref="ModelFileException">The tensor is missing, has another size or type, or cannot be read.</exception>
    public void Read(string name, Span<float> destination) => Read(Require(name, destination.Length), 0, destination);

    /// <summary>Reads a part of a tensor of F32, F16, BF16 or F64 as floats.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="start">The index of the first value in row-major order.</param>
    /// <param name="destination">Receives the values; its length is the number of values read.</param>
    /// <exception cref="ModelFileException">The tensor has another type or cannot be read.</exception>
    public void Read(SafetensorsTensor tensor, long start, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, tensor.Count - destination.Length);
        if (!tensor.IsFloatingPoint)
            throw new ModelFileException(Path, $"tensor '{tensor.Name}' is {tensor.DataType} where floating-point values are expected");
        bool readsDirectly = tensor.DataType == "F32" && BitConverter.IsLittleEndian;
        int size = SafetensorsElement.BytesOf(tensor.DataType);
        byte[] buffer = readsDirectly ? [] : new byte[size * Math.Min(ValuesPerRead, destination.Length)];
        while (destination.Length > 0)
        {
            Span<float> block = destination[..Math.Min(ValuesPerRead, destination.Length)];
            Span<byte> bytes = readsDirectly ? MemoryMarshal.AsBytes(block) : buffer.AsSpan(0, size * block.Length);
            ReadBytes(tensor.Position + start * size, bytes);
            if (!readsDirectly) FloatDecoder.Decode(tensor.DataType, bytes, block);
            start += block.Length;
            destination = destination[block.Length..];
        }
    }

    /// <summary>Reads a part of a tensor of F32, F16, BF16 or F64 as floats and checks that all values are finite.</summary>
    /// <inheritdoc cref="Read(SafetensorsTensor, long, Span{float})"/>
    /// <exception cref="ModelFileException">A value is not finite, or the tensor has another type or cannot be read.</exception>
    public void ReadFinite(SafetensorsTensor tensor, long start, Span<float> destination)
    {
        Read(tensor, start, destination);
        EnsureFinite(tensor, start, destination);
    }

    /// <summary>Reads a whole tensor of F64 in row-major order.</summary>
    /// <inheritdoc cref="Read(string, Span{float})"/>
    public void Read(string name, Span<double> destination)
    {
        SafetensorsTensor tensor = Require(name, destination.Length);
        if (tensor.DataType != "F64") throw new ModelFileException(Path, $"tensor '{name}' is {tensor.DataType} where F64 is expected");
        ReadBytes(tensor.Position, MemoryMarshal.AsBytes(destination));
        if (BitConverter.IsLittleEndian) return;
        Span<long> words = MemoryMarshal.Cast<double, long>(destination);
        BinaryPrimitives.ReverseEndianness(words, words);
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        if (!leavesOpen) stream.Dispose();
    }

    /// <summary>Checks that all values of a tensor are finite.</summary>
    /// <exception cref="ModelFileException">A value is not finite. The message gives its indices.</exception>
    internal void EnsureFinite(SafetensorsTensor tensor, long start, ReadOnlySpan<float> values)
    {
        if (TensorPrimitives.IsFiniteAll(values)) return;
        int index = 0;
        while (float.IsFinite(values[index])) index++;
        throw new ModelFileException(
            Path,
            string.Create(
                CultureInfo.InvariantCulture,
                $"tensor '{tensor.Name}' has the value {values[index]} at {IndicesOf(tensor, start + index)}; ")
            + "the training diverged or the file is damaged, so use an earlier model");
    }

    /// <summary>The indices of a value along each dimension.</summary>
    private static string IndicesOf(SafetensorsTensor tensor, long index)
    {
        List<long> indices = [];
        foreach (long size in tensor.Shape.Reverse())
        {
            indices.Insert(0, index % size);
            index /= size;
        }

        return $"[{string.Join(", ", indices)}]";
    }

    private SafetensorsTensor Require(string name, int count)
    {
        SafetensorsTensor tensor = Find(name) ?? throw new ModelFileException(Path, $"it has no tensor '{name}'");
        return tensor.Count == count
            ? tensor
            : throw new ModelFileException(Path, $"tensor '{name}' has shape {tensor.ShapeText} where {count} values are expected");
    }

    private SafetensorsHeader ReadHeader()
    {
        Span<byte> prefix = stackalloc byte[sizeof(long)];
        if (FileLength < prefix.Length)
            throw new FormatException($"it has only {Plural.Of(FileLength, "byte")} and is not a safetensors file");
        ReadBytes(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)(FileLength - prefix.Length)) EnsureNotOtherFormat();
        if (length > SafetensorsHeader.MaxLength)
            throw new FormatException($"it announces a header of {length} bytes, so it is not a safetensors file");
        if (length > (ulong)(FileLength - prefix.Length))
            throw new FormatException(
                $"it announces a header of {length} bytes but has {FileLength} bytes in all; it was cut off or is not a safetensors file");
        byte[] json = new byte[length];
        ReadBytes(prefix.Length, json);
        return SafetensorsHeader.Parse(json, prefix.Length + json.Length, FileLength);
    }

    /// <summary>Says so if the file is of another format that is known.</summary>
    private void EnsureNotOtherFormat()
    {
        stream.Position = origin;
        if (OtherModelFormats.Detect(stream) is { } format) throw OtherModelFormats.Refuse(Path, format);
    }

    private void ReadBytes(long position, Span<byte> destination)
    {
        try
        {
            stream.Position = origin + position;
            if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) < destination.Length)
                throw new FormatException("it became shorter while it was read");
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw Failure(Path, exception);
        }
    }

    private static bool IsFailure(Exception exception) =>
        exception is FormatException or UnauthorizedAccessException or NotSupportedException or IOException;

    private static ModelFileException Failure(string path, Exception exception) => new(path, exception.Message.TrimEnd('.'), exception);
}
