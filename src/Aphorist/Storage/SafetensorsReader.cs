using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Aphorist.Storage;

namespace Aphorist;

/// <summary>Reads a safetensors file: the header when it is opened, and each tensor when it is asked for, straight into the caller's memory. It is for one thread at a time.</summary>
public sealed class SafetensorsReader : IDisposable
{
    private const int ValuesPerRead = 1 << 14;

    private readonly Stream stream;
    private readonly bool leavesOpen;
    private readonly SafetensorsHeader header;

    private SafetensorsReader(string path, Stream stream, bool leavesOpen)
    {
        (Path, this.stream, this.leavesOpen) = (path, stream, leavesOpen);
        FileLength = stream.Length;
        header = ReadHeader();
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its length in bytes.</summary>
    public long FileLength { get; }

    /// <summary>The strings of its metadata; none if it has no metadata.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Its tensors, in the order of their data.</summary>
    public IReadOnlyList<SafetensorsTensor> Tensors => header.Tensors;

    /// <summary>Whether bytes begin as a safetensors file does, though it may be no whole one: a length, and the first character of the header.</summary>
    internal static bool IsLikely(ReadOnlySpan<byte> start) => start.Length > sizeof(long) && start[sizeof(long)] == (byte)'{';

    /// <summary>Opens a file and checks its header.</summary>
    /// <exception cref="ModelFileException">The file does not exist, cannot be read, or is not a complete safetensors file.</exception>
    public static SafetensorsReader Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path)) throw new ModelFileException(path, "it is a folder; name the model file in it");
        if (!File.Exists(path)) throw new ModelFileException(path, "there is no such file; check the path");
        Stream? stream = null;
        try
        {
            // Unbuffered: every read is as long as it has to be.
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

    /// <summary>Opens a file that is a stream, which stays open.</summary>
    /// <param name="stream">The whole file; it can be sought in, and nobody else reads it meanwhile.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="ModelFileException">It cannot be read, or is not a complete safetensors file.</exception>
    internal static SafetensorsReader Open(Stream stream, string name)
    {
        try
        {
            return new SafetensorsReader(name, stream, leavesOpen: true);
        }
        catch (Exception exception) when (IsFailure(exception))
        {
            throw Failure(name, exception);
        }
    }

    /// <summary>The tensor of this name, or null.</summary>
    public SafetensorsTensor? Find(string name) => header.Find(name);

    /// <summary>Reads a whole tensor of F32, F16, BF16 or F64 as floats, in row-major order.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="destination">Where its values go; exactly as long as the tensor.</param>
    /// <exception cref="ModelFileException">The file has no such tensor, or one of another size or type, or it cannot be read.</exception>
    public void Read(string name, Span<float> destination) => Read(Require(name, destination.Length), 0, destination);

    /// <summary>Reads a part of a tensor of F32, F16, BF16 or F64 as floats.</summary>
    /// <param name="tensor">One of <see cref="Tensors"/>.</param>
    /// <param name="start">The first value's index in row-major order.</param>
    /// <param name="destination">Where the values go; as many as it holds are read.</param>
    /// <exception cref="ModelFileException">The tensor is of another type, or it cannot be read.</exception>
    public void Read(SafetensorsTensor tensor, long start, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, tensor.Count - destination.Length);
        if (!FloatDecoder.Knows(tensor.DataType))
            throw new ModelFileException(Path, $"tensor '{tensor.Name}' is {tensor.DataType} where floating-point values are expected");
        bool asTheyAre = tensor.DataType == "F32" && BitConverter.IsLittleEndian;
        int size = SafetensorsElement.BytesOf(tensor.DataType);
        byte[] buffer = asTheyAre ? [] : new byte[size * Math.Min(ValuesPerRead, destination.Length)];
        while (destination.Length > 0)
        {
            Span<float> block = destination[..Math.Min(ValuesPerRead, destination.Length)];
            Span<byte> bytes = asTheyAre ? MemoryMarshal.AsBytes(block) : buffer.AsSpan(0, size * block.Length);
            ReadBytes(tensor.Position + start * size, bytes);
            if (!asTheyAre) FloatDecoder.Decode(tensor.DataType, bytes, block);
            start += block.Length;
            destination = destination[block.Length..];
        }
    }

    /// <summary>Reads a whole tensor of F64, in row-major order.</summary>
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
        if (FileLength < prefix.Length) throw new FormatException($"it has only {FileLength} bytes and is no safetensors file");
        ReadBytes(0, prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > SafetensorsHeader.Longest) throw new FormatException($"it announces a header of {length} bytes, so it is no safetensors file");
        if (length > (ulong)(FileLength - prefix.Length))
            throw new FormatException($"it announces a header of {length} bytes but has {FileLength} bytes in all; it was cut off or is no safetensors file");
        byte[] json = new byte[length];
        ReadBytes(prefix.Length, json);
        return SafetensorsHeader.Parse(json, prefix.Length + json.Length, FileLength);
    }

    private void ReadBytes(long position, Span<byte> destination)
    {
        try
        {
            stream.Position = position;
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
