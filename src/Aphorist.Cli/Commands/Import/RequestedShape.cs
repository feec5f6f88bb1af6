using System.Globalization;
using Aphorist.Cli.Commands.Info;

namespace Aphorist.Cli.Commands.Import;

/// <summary>Compares the shape that a call asks for with that of the model in the file.</summary>
internal static class RequestedShape
{
    /// <exception cref="InvalidDataException">They differ; the message says both numbers.</exception>
    public static void Check(ImportRequest request, ModelSpec spec)
    {
        Check(request.Source, "--hidden", request.Hidden, spec.HiddenSize, "units in each layer");
        Check(request.Source, "--layers", request.Layers, spec.Layers, spec.Layers == 1 ? "layer" : "layers");
        Check(request.Source, "--window", request.Window, spec.Window, "tokens in its window");
        if (request.Gates is { } gates && gates != spec.Gates)
            throw new InvalidDataException($"The model of '{request.Source}' has {ModelDescription.GatesOf(spec)} gates, but --gates says {ModelDescription.GatesOf(spec with { Gates = gates })}: leave --gates out, or give the file that was meant.");
    }

    private static void Check(string path, string option, int? requested, int found, string meaning)
    {
        if (requested is not int number || number == found) return;
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture, $"The model of '{path}' has {found} {meaning}, but {option} says {number}: leave {option} out, or give the file that was meant."));
    }
}
