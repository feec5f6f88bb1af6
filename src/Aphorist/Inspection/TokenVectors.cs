namespace Aphorist.Inspection;

/// <summary>A token and how close its vector is to that of another one.</summary>
/// <param name="Id">The id of the token.</param>
/// <param name="Similarity">
/// The cosine of the angle between the vectors: 1 for the same direction, 0 for unrelated ones, -1 for opposite ones.
/// </param>
public readonly record struct TokenNeighbor(int Id, double Similarity);

/// <summary>A place of a token on a map.</summary>
/// <param name="Id">The id of the token.</param>
/// <param name="X">The coordinate on the first axis.</param>
/// <param name="Y">The coordinate on the second axis.</param>
public readonly record struct TokenPoint(int Id, double X, double Y);

/// <summary>A map of tokens in the plane.</summary>
/// <param name="Points">The tokens, in the order in which they were given.</param>
/// <param name="XShare">The share of the variance of the vectors along the first axis, from 0 to 1.</param>
/// <param name="YShare">The share of the variance along the second axis, at most <paramref name="XShare"/>.</param>
public sealed record TokenMap(IReadOnlyList<TokenPoint> Points, double XShare, double YShare);

/// <summary>
/// The vectors with which a model represents its tokens. Tokens that the model treats alike have similar vectors: it has learned that they
/// occur in similar places.
/// </summary>
/// <remarks>
/// They are the rows of the embedding. In a model that reads one-hot tokens, they are the rows of the first layer's input kernel: what a
/// token adds to the gates and the candidate of each cell. The vectors are those of the model and change with it.
/// </remarks>
public sealed class TokenVectors
{
    /// <summary>
    /// The maximum number of tokens on a map, unless their vectors have this length or less. The time grows with its cube.
    /// </summary>
    public const int MaxMapSize = 300;

    private readonly LanguageModel model;
    private readonly ParameterTensor tensor;

    private TokenVectors(LanguageModel model)
    {
        this.model = model;
        tensor = model.Layout.Embedding ?? model.Layout.Layers[0].InputKernel;
        Count = model.Tokenizer.VocabularySize;
        Dimensions = tensor.Length / Count;
    }

    /// <summary>The number of tokens: the size of the vocabulary.</summary>
    public int Count { get; }

    /// <summary>The length of the vectors.</summary>
    public int Dimensions { get; }

    /// <summary>Whether the vectors are the rows of an embedding; otherwise they are those of the first layer's input kernel.</summary>
    public bool AreEmbedding => model.Layout.Embedding is not null;

    /// <summary>Gets the vectors of a model.</summary>
    public static TokenVectors Create(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new TokenVectors(model);
    }

    /// <summary>Gets the vector of a token.</summary>
    /// <param name="id">The id of the token.</param>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary.</exception>
    public ReadOnlySpan<float> GetVector(int id)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)Count, nameof(id));
        // The input kernel is in memory with its rows of one token together, [V, G H] or [V, K, G H].
        return model.Parameters.GetValues(tensor).Slice(id * Dimensions, Dimensions);
    }

    /// <summary>Finds the tokens whose vectors have the most similar directions.</summary>
    /// <param name="id">The id of the token, which is not among the results.</param>
    /// <param name="count">The number of tokens to find, 0 or more.</param>
    /// <returns>
    /// The tokens, most similar first, and by id where they are equally similar. The similarity to a vector of zeros is 0.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The token is not in the vocabulary, or the count is negative.</exception>
    public IReadOnlyList<TokenNeighbor> GetNearest(int id, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ReadOnlySpan<float> vector = GetVector(id);
        double norm = Math.Sqrt(SumOfProducts(vector, vector));
        List<TokenNeighbor> all = new(Count);
        for (int other = 0; other < Count; other++)
        {
            if (other == id) continue;
            ReadOnlySpan<float> candidate = GetVector(other);
            double norms = norm * Math.Sqrt(SumOfProducts(candidate, candidate));
            all.Add(new(other, norms == 0 ? 0 : SumOfProducts(vector, candidate) / norms));
        }

        return [.. all.OrderByDescending(neighbor => neighbor.Similarity).ThenBy(neighbor => neighbor.Id).Take(count)];
    }

    /// <summary>
    /// Draws a map of tokens: the plane in which their vectors vary most (principal component analysis). Distances on the map are those of
    /// the vectors as far as a plane can show them.
    /// </summary>
    /// <remarks>The direction of an axis has no meaning. The token that is farthest from the middle is on its positive side.</remarks>
    /// <param name="ids">The ids of the tokens; null for the whole vocabulary.</param>
    /// <param name="cancellationToken">Cancels the computation.</param>
    /// <exception cref="ArgumentOutOfRangeException">A token is not in the vocabulary.</exception>
    /// <exception cref="ArgumentException">
    /// There are more than <see cref="MaxMapSize"/> tokens, and <see cref="Dimensions"/> is also greater.
    /// </exception>
    /// <exception cref="OperationCanceledException">The computation was canceled.</exception>
    public TokenMap Project(IReadOnlyList<int>? ids = null, CancellationToken cancellationToken = default)
    {
        ids ??= [.. Enumerable.Range(0, Count)];
        if (Math.Min(ids.Count, Dimensions) > MaxMapSize)
        {
            throw new ArgumentException(
                FormattableString.Invariant($"A map of vectors of length {Dimensions} has at most {MaxMapSize} tokens, not {ids.Count}."),
                nameof(ids));
        }

        PrincipalAxes axes = PrincipalAxes.Of([.. ids.Select(id => GetVector(id).ToArray())], cancellationToken);
        return new([.. ids.Select((id, place) => new TokenPoint(id, axes.X[place], axes.Y[place]))], axes.XShare, axes.YShare);
    }

    /// <summary>In double precision, so that the order of similar tokens does not depend on the processor.</summary>
    private static double SumOfProducts(ReadOnlySpan<float> left, ReadOnlySpan<float> right)
    {
        double sum = 0;
        for (int place = 0; place < left.Length; place++) sum += (double)left[place] * right[place];
        return sum;
    }
}
