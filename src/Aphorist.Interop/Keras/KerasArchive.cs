using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Aphorist.Interop.Keras;

/// <summary>A <c>.keras</c> file: a zip archive of the configuration, the version and an HDF5 file of the weights.</summary>
internal sealed class KerasArchive : IDisposable
{
    private const string Weights = "model.weights.h5";
    private const long LongestDocument = 4 << 20;

    // Keras does not compress, and weights can hardly be compressed.
    private const double MostPacking = 1.25;
    private const long SparedForSmallFiles = 1 << 20;

    private readonly string path;
    private readonly long length;
    private readonly ZipArchive archive;

    /// <param name="path">The path or name in error messages.</param>
    /// <param name="stream">A seekable stream, which stays open.</param>
    /// <exception cref="ModelFileException">The stream is not a zip archive.</exception>
    public KerasArchive(string path, Stream stream)
    {
        (this.path, length) = (path, stream.Length);
        archive = Guarded(() => new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true));
    }

    /// <summary>Whether bytes begin with the signature of a zip archive.</summary>
    public static bool IsOne(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Reads the configuration of the model.</summary>
    public KerasConfiguration ReadConfiguration()
    {
        JsonElement model = ReadDocument("config.json");
        string? version = Guarded(() => archive.GetEntry("metadata.json")) is null
            ? null
            : KerasJson.Text(ReadDocument("metadata.json"), "keras_version");
        return KerasConfiguration.Read(path, version, model, KerasJson.Object(model, "compile_config"));
    }

    /// <summary>Reads the HDF5 file of the weights.</summary>
    public MemoryStream OpenWeights() => Read(Weights, (long)(MostPacking * length) + SparedForSmallFiles);

    public void Dispose() => archive.Dispose();

    private JsonElement ReadDocument(string name)
    {
        using MemoryStream bytes = Read(name, LongestDocument);
        return KerasJson.Parse(path, name, Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    /// <summary>Reads an entry. Its header can claim any length, so the decompressed bytes are counted.</summary>
    private MemoryStream Read(string name, long limit) => Guarded(() =>
    {
        ZipArchiveEntry entry = archive.GetEntry(name)
            ?? throw new ModelFileException(path, $"it is a zip archive without '{name}', so it is not a .keras file that can be imported");
        if (entry.Length > Math.Min(limit, int.MaxValue / 2)) throw TooLong(name);
        using Stream packed = entry.Open();
        MemoryStream bytes = new((int)entry.Length);
        byte[] block = new byte[1 << 16];
        for (int count; (count = packed.Read(block)) > 0;)
        {
            if (bytes.Length + count > entry.Length) throw TooLong(name);
            bytes.Write(block, 0, count);
        }

        bytes.Position = 0;
        return bytes;
    });

    private ModelFileException TooLong(string name) => new(path, $"its entry '{name}' is too long");

    private T Guarded<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (
            exception is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new ModelFileException(path, "it is a damaged zip archive", exception);
        }
    }
}
