using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aphorist.Storage;

/// <summary>Spells the names of an enumeration as the command line does: sigmoid, hard-sigmoid.</summary>
internal sealed class KebabCaseEnum<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
