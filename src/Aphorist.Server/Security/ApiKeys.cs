using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Aphorist.Server.Security;

/// <summary>The API keys of a file, which is read again when it changes. Only hashes of the keys are kept.</summary>
internal sealed partial class ApiKeys
{
    private const int ShortestKey = 16, LongestKey = 512, MaxFileBytes = 1 << 20;

    // The file is looked at when a key is checked, at most this often.
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(1);

    private readonly string path;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Lock reading = new();
    private volatile byte[][] hashes;
    private (string Path, DateTime Written, long Length) version;
    private long checkedAt;

    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file has no key, or a line that is not a key.</exception>
    public ApiKeys(string path, TimeProvider time, ILogger<ApiKeys> logger)
    {
        (this.path, this.time, this.logger) = (Path.GetFullPath(path), time, logger);
        version = Version();
        hashes = Read();
        checkedAt = time.GetTimestamp();
        WarnIfOthersCanRead();
    }

    /// <summary>A short name of a key, from which the key cannot be computed; null if the key is wrong.</summary>
    public string? NameOf(string key)
    {
        ReadAgainIfChanged();
        if (key.Length is < ShortestKey or > LongestKey) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        bool isKnown = false;
        // All are compared, so that the time says nothing.
        foreach (byte[] known in hashes) isKnown |= CryptographicOperations.FixedTimeEquals(known, hash);
        return isKnown ? $"key-{Convert.ToHexStringLower(hash[..6])}" : null;
    }

    private void ReadAgainIfChanged()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref checkedAt)) < CheckInterval || !reading.TryEnter()) return;
        try
        {
            Interlocked.Exchange(ref checkedAt, time.GetTimestamp());
            (string Path, DateTime Written, long Length) now = Version();
            if (now == version) return;
            // Before reading: a file that cannot be used is reported once, and tried again when it changes.
            version = now;
            // A pipe has no length, too, and can be read once only.
            if (now.Length == 0) throw new InvalidDataException($"The key file '{path}' is empty or missing.");
            hashes = Read();
            LogRead(hashes.Length, path);
            WarnIfOthersCanRead();
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            LogOldKeys(exception.Message);
        }
        finally
        {
            reading.Exit();
        }
    }

    /// <summary>What changes with the content: of the file that is read, not of a link to it.</summary>
    private (string Path, DateTime Written, long Length) Version()
    {
        try
        {
            FileInfo file = new(path);
            if (file is { Exists: true, LinkTarget: not null }) file = (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;
            return file.Exists ? (file.FullName, file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (IOException)
        {
            // The file was deleted meanwhile, or links lead to each other.
            return default;
        }
    }

    private byte[][] Read()
    {
        byte[] content = new byte[MaxFileBytes + 1];
        using FileStream file = File.OpenRead(path);
        int length = file.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
        if (length > MaxFileBytes) throw new InvalidDataException($"The key file '{path}' has more than {MaxFileBytes} bytes.");
        List<byte[]> read = [];
        int number = 0;
        foreach (string line in Encoding.UTF8.GetString(content, 0, length).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            string key = line.Trim();
            if (key.Length == 0 || key.StartsWith('#')) continue;
            // The message must not show the key.
            if (key.Length is < ShortestKey or > LongestKey || key.Any(unit => unit is <= ' ' or > '~'))
                throw new InvalidDataException(
                    $"Line {number} of the key file '{path}' is not an API key. A key has {ShortestKey} to {LongestKey} ASCII characters " +
                    "without spaces. For example, 'openssl rand -hex 32' prints one.");
            read.Add(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
        }

        return read.Count > 0
            ? [.. read]
            : throw new InvalidDataException(
                $"The key file '{path}' has no API key. Add one per line, for example from 'openssl rand -hex 32'.");
    }

    private void WarnIfOthersCanRead()
    {
        // Not those of the group: systemd and Kubernetes give the file to a service in this way.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & UnixFileMode.OtherRead) != 0) LogReadableByOthers(path);
    }

    [LoggerMessage(LogLevel.Information, "Read {Count} API keys from '{Path}', which has changed.")]
    private partial void LogRead(int count, string path);

    [LoggerMessage(LogLevel.Error, "The old API keys stay valid, because the key file has changed and cannot be used. {Problem}")]
    private partial void LogOldKeys(string problem);

    [LoggerMessage(LogLevel.Warning, "Other users of this machine can read the key file '{Path}'. Make it private: chmod 600")]
    private partial void LogReadableByOthers(string path);
}
