using System.Runtime.InteropServices;

namespace Aphorist.Interop;

/// <summary>Opens files of other programs as seekable streams.</summary>
internal static class SourceFile
{
    private const int LongestStart = 16;

    /// <summary>Reads a file. A failure to open it throws a <see cref="ModelFileException"/>.</summary>
    public static T Read<T>(string path, Func<Stream, T> read)
    {
        if (Directory.Exists(path))
        {
            throw new ModelFileException(
                path,
                "it is a folder, and a SavedModel folder of TensorFlow cannot be imported; in Keras, save the model as an .h5 or "
                + ".keras file");
        }

        if (!File.Exists(path)) throw new ModelFileException(path, "there is no such file; check the path");
        try
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            return Read(stream, read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException(path, exception.Message.TrimEnd('.'), exception);
        }
    }

    /// <summary>Reads a whole stream, which stays open. If it cannot seek, it is read into memory first.</summary>
    public static T Read<T>(Stream stream, Func<Stream, T> read)
    {
        if (stream.CanSeek) return read(stream);
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        copy.Position = 0;
        return read(copy);
    }

    /// <summary>Reads bytes in memory.</summary>
    public static T Read<T>(ReadOnlyMemory<byte> bytes, Func<Stream, T> read)
    {
        using MemoryStream stream = MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) && segment.Array is { } array
            ? new(array, segment.Offset, segment.Count, writable: false)
            : new(bytes.ToArray(), writable: false);
        return read(stream);
    }

    /// <summary>Returns the first bytes, which identify the format.</summary>
    public static byte[] Start(Stream stream)
    {
        byte[] start = new byte[LongestStart];
        stream.Position = 0;
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return start[..length];
    }
}
