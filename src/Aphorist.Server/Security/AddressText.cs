using System.Net;
using System.Net.Sockets;

namespace Aphorist.Server.Security;

/// <summary>Reads IP addresses as people and proxies write them: 192.0.2.1, 2001:db8::1 or [2001:db8::1].</summary>
internal static class AddressText
{
    /// <summary>Reads an address; null if the text is not one. An IPv4 address that is mapped to IPv6 is returned as IPv4.</summary>
    public static IPAddress? Parse(string text)
    {
        // .NET also reads an address with brackets and a port, and drops the port.
        bool hasBrackets = text.StartsWith('[') && text.EndsWith(']') && text.Contains(':', StringComparison.Ordinal);
        string inner = hasBrackets ? text[1..^1] : text;
        if (inner.StartsWith('[') || !IPAddress.TryParse(inner, out IPAddress? address)) return null;
        // .NET also reads numbers such as 8080, the address 0.0.31.144.
        if (address.AddressFamily == AddressFamily.InterNetwork && text.Count(unit => unit == '.') != 3) return null;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    /// <summary>Reads an address that can have a port, which is ignored.</summary>
    public static IPAddress? ParseWithPort(string text)
    {
        if (Parse(text) is { } address) return address;
        int colon = text.LastIndexOf(':');
        return colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), out _) ? Parse(text[..colon]) : null;
    }
}
