namespace Aphorist.Model.Layers;

/// <summary>What a layer reads: tokens, or vectors. One of the two is null.</summary>
internal readonly unsafe struct LayerInput
{
    private LayerInput(int* tokens, float* vectors)
    {
        Tokens = tokens;
        Vectors = vectors;
    }

    /// <summary>[rows]: ids.</summary>
    public int* Tokens { get; }

    /// <summary>[rows, I].</summary>
    public float* Vectors { get; }

    public static LayerInput Of(int* tokens) => new(tokens, null);

    public static LayerInput Of(float* vectors) => new(null, vectors);
}
