using Aphorist.Cli.CommandLine;

namespace Aphorist.Cli.Terminal;

/// <summary>Reads a file or standard input to its end.</summary>
internal static class InputBytes
{
    // Prompts and vocabularies are far smaller. A device such as /dev/zero has no end.
    private const int MaximumLength = 256 << 20;

    /// <param name="path">The file; - for standard input.</param>
    /// <param name="output">The streams of the call.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for a pipe into which nobody writes, or for a terminal. Their reads cannot be cancelled, so they are left behind.
    /// </param>
    /// <exception cref="IOException">There is no such file, it cannot be read, or it is too long.</exception>
    public static async Task<byte[]> ReadAsync(string path, CommandOutput output, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) throw new IOException($"'{path}' is a folder: name a file in it.");
        bool isInput = path == OutputPath.Standard;
        try
        {
            return await Task.Run(() => Read(isInput ? output.Input : File.OpenRead(path)), cancellationToken).WaitAsync(cancellationToken);
        }
        catch (IOException exception) when (isInput)
        {
            throw new IOException(
                $"Cannot read standard input ({exception.Message.TrimEnd('.')}): pipe a text into the command, or name a file.",
                exception);
        }
    }

    private static byte[] Read(Stream stream)
    {
        using (stream)
        {
            MemoryStream bytes = new();
            byte[] block = new byte[1 << 16];
            for (int count; (count = stream.Read(block, 0, block.Length)) > 0;)
            {
                bytes.Write(block, 0, count);
                if (bytes.Length > MaximumLength) throw new IOException("it is longer than 256 MiB");
            }

            return bytes.ToArray();
        }
    }
}
