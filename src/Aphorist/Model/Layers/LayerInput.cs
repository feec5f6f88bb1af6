namespace Aphorist.Model.Layers;

/// <summary>The input of a layer: tokens or vectors. The other one is null.</summary>
internal readonly unsafe struct LayerInput
{
    private LayerInput(int* tokens, float* vectors)
    {
        Tokens = tokens;
        Vectors = vectors;
    }

    /// <summary>The ids [rows].</summary>
    public int* Tokens { get; }

    /// <summary>The vectors [rows, I].</summary>
    public float* Vectors { get; }

    public static LayerInput Of(int* tokens) => new(tokens, null);

    public static LayerInput Of(float* vectors) => new(null, vectors);
}
