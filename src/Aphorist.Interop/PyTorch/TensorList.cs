namespace Aphorist.Interop.PyTorch;

/// <summary>Lists which tensors were found.</summary>
internal static class TensorList
{
    private const int MostNamed = 6;

    /// <summary>The first few, with their shapes.</summary>
    public static string Of(IReadOnlyCollection<SafetensorsTensor> tensors)
    {
        if (tensors.Count == 0) return "no tensors";
        string named = string.Join(", ", tensors.Take(MostNamed).Select(tensor => $"'{tensor.Name}' {tensor.ShapeText}"));
        return tensors.Count > MostNamed ? $"{named} and {tensors.Count - MostNamed} more" : named;
    }
}
