using System.Collections.Concurrent;
using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Aphorist.Studio.Hosting;

/// <summary>
/// The scripts and style sheets, which are resources of this assembly: they need no files beside it, wherever the command is installed.
/// All style sheets are one file, <c>studio.css</c>, in which <c>look.css</c> and <c>base.css</c> come first.
/// </summary>
public sealed class StudioAssets
{
    private const string Style = "studio.css";

    private readonly ConcurrentDictionary<string, Asset?> assets = new();

    /// <summary>The address of an asset, which changes with its content.</summary>
    public string this[string name] => assets.GetOrAdd(name, Read) is { } asset
        ? $"assets/{name}?v={asset.Version}"
        : throw new ArgumentException($"There is no asset '{name}'.", nameof(name));

    internal static void Map(IEndpointRouteBuilder endpoints) => endpoints.MapGet("/assets/{name}", static (
        string name, HttpContext context, StudioAssets assets) => assets.SendAsync(name, context));

    private async Task SendAsync(string name, HttpContext context)
    {
        HttpResponse response = context.Response;
        if (assets.GetOrAdd(name, Read) is not { } asset)
        {
            assets.TryRemove(name, out _);
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        response.ContentType = asset.Type;
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        response.Headers.CacheControl =
            context.Request.Query["v"] == asset.Version ? "public, max-age=31536000, immutable" : "no-cache";
        response.Headers.ETag = $"\"{asset.Version}\"";
        if (context.Request.Headers.IfNoneMatch == response.Headers.ETag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        bool isCompressed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (isCompressed) response.Headers.ContentEncoding = "br";
        byte[] bytes = isCompressed ? asset.Compressed.Value : asset.Bytes;
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static Asset? Read(string name)
    {
        string? type = Path.GetExtension(name) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => null,
        };
        byte[]? bytes = type is null ? null : name == Style ? ReadStyle() : ReadResource(name);
        return bytes is null ? null : new Asset(bytes, type!);
    }

    private static byte[] ReadStyle()
    {
        IEnumerable<string> names = Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.EndsWith(".css", StringComparison.Ordinal))
            .OrderBy(name => name switch { "look.css" => 0, "base.css" => 1, _ => 2 }).ThenBy(name => name, StringComparer.Ordinal);
        return [.. names.SelectMany(name => ReadResource(name)!)];
    }

    private static byte[]? ReadResource(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null) return null;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private sealed record Asset(byte[] Bytes, string Type)
    {
        public string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Bytes).AsSpan(0, 6));

        public Lazy<byte[]> Compressed { get; } = new(() => Compress(Bytes));

        private static byte[] Compress(byte[] bytes)
        {
            const int Quality = 6, Window = 22;
            byte[] target = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
            return BrotliEncoder.TryCompress(bytes, target, out int written, Quality, Window)
                ? target[..written]
                : throw new InvalidOperationException("An asset cannot be compressed.");
        }
    }
}
