namespace Aphorist.Interop;

/// <summary>The file of another program, as a stream that can be sought in.</summary>
internal static class SourceFile
{
    private const int LongestStart = 16;

    /// <summary>Reads a file. Whatever fails in opening it is one exception.</summary>
    public static T Read<T>(string path, Func<Stream, T> read)
    {
        if (Directory.Exists(path)) throw new ModelFileException(path, "it is a folder, and TensorFlow's folders (SavedModel) cannot be imported; in Keras, save the model as an .h5 or .keras file");
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

    /// <summary>Reads a stream, which stays open; one that cannot be sought in is taken into memory first.</summary>
    public static T Read<T>(Stream stream, Func<Stream, T> read)
    {
        if (stream.CanSeek) return read(stream);
        using MemoryStream copy = new();
        stream.CopyTo(copy);
        return read(copy);
    }

    /// <summary>The first bytes, by which formats are told apart.</summary>
    public static byte[] Start(Stream stream)
    {
        byte[] start = new byte[LongestStart];
        stream.Position = 0;
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return start[..length];
    }
}
