using System.Text.Json;

namespace Aphorist.Storage;

/// <summary>The element types of tensors, in the spelling of the format.</summary>
internal static class SafetensorsElement
{
    private static readonly (string Name, int Bits)[] Types =
    [
        ("F32", 32), ("F64", 64), ("F16", 16), ("BF16", 16),
        ("I64", 64), ("I32", 32), ("I16", 16), ("I8", 8), ("U64", 64), ("U32", 32), ("U16", 16), ("U8", 8), ("BOOL", 8), ("C64", 64),
        ("F8_E4M3", 8), ("F8_E5M2", 8), ("F8_E8M0", 8), ("F8_E4M3FNUZ", 8), ("F8_E5M2FNUZ", 8), ("F6_E2M3", 6), ("F6_E3M2", 6), ("F4", 4),
    ];

    /// <summary>Returns the type with the name in the header; null if it is unknown.</summary>
    public static string? Named(ref readonly Utf8JsonReader text)
    {
        foreach ((string name, _) in Types)
            if (text.ValueTextEquals(name)) return name;
        return null;
    }

    /// <summary>The size of an element in bits. It can be less than 8.</summary>
    public static int BitsOf(string type) => Types.First(known => known.Name == type).Bits;

    /// <summary>The size of an element in bytes, for types with whole bytes.</summary>
    public static int BytesOf(string type) => BitsOf(type) / 8;
}
