using System.Text.Json;
using System.Text.Json.Serialization;
using Aphorist.Model;

namespace Aphorist.Storage;

/// <summary>Spells a gate activation as the command line does: sigmoid, hard-sigmoid.</summary>
internal sealed class GateActivationConverter()
    : JsonStringEnumConverter<GateActivation>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false);
