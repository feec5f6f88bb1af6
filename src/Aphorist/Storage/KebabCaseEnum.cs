using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aphorist.Storage;

/// <summary>Converts enumerations to and from kebab case: sigmoid, hard-sigmoid.</summary>
internal sealed class KebabCaseEnum<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
