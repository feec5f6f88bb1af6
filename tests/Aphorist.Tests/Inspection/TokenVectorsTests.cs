using Aphorist.Inspection;
using Aphorist.Tests.Model;
using Xunit;

namespace Aphorist.Tests.Inspection;

/// <summary>Nearest tokens and maps of the vocabulary against naive computations in double precision.</summary>
public sealed class TokenVectorsTests
{
    private const int Vocabulary = 23;

    public static TheoryData<Architecture, int> Models => new()
    {
        { Architecture.Lstm, 0 }, { Architecture.Gru, 0 }, { Architecture.Rnn, 0 }, { Architecture.Convolution, 0 },
        { Architecture.Lstm, 7 }, { Architecture.Convolution, 40 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void GetVector_OfAnyModel_IsTheTokensPartOfTheTensor(Architecture architecture, int embedding)
    {
        LanguageModel model = Create(architecture, embedding);
        TokenVectors vectors = TokenVectors.Create(model);
        Assert.Equal(embedding > 0, vectors.AreEmbedding);
        ParameterTensor tensor = model.Parameters.Tensors[0];
        // [V, E], or [G H, V] or [G H, V, K] of which each token has a column.
        float[] values = model.Parameters.ToArray(tensor.Name);
        int kernel = tensor.Shape.Count == 3 ? tensor.Shape[2] : 1;
        for (int id = 0; id < Vocabulary; id++)
        {
            double[] expected = embedding > 0
                ? [.. values.Skip(id * embedding).Take(embedding).Select(value => (double)value)]
                : [.. from place in Enumerable.Range(0, kernel)
                      from row in Enumerable.Range(0, tensor.Shape[0])
                      select (double)values[(row * Vocabulary + id) * kernel + place]];
            Assert.Equal(expected, vectors.GetVector(id).ToArray().Select(value => (double)value));
        }

        Assert.Equal(vectors.Dimensions, vectors.GetVector(0).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors.GetVector(Vocabulary).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => vectors.GetVector(-1).Length);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void GetNearest_OfAnyModel_AreThoseOfTheNaiveSearch(Architecture architecture, int embedding)
    {
        TokenVectors vectors = TokenVectors.Create(Create(architecture, embedding));
        for (int id = 0; id < Vocabulary; id++)
        {
            (int Id, double Cosine)[] expected =
            [
                .. Enumerable.Range(0, Vocabulary).Where(other => other != id).Select(other => (other, Cosine(vectors, id, other)))
                    .OrderByDescending(it => it.Item2).Take(5),
            ];
            IReadOnlyList<TokenNeighbor> actual = vectors.GetNearest(id, 5);
            Assert.Equal(expected.Select(it => it.Id), actual.Select(it => it.Id));
            foreach ((int place, TokenNeighbor neighbor) in actual.Index())
                Assert.Equal(expected[place].Cosine, neighbor.Similarity, 1e-12);
        }

        Assert.Equal(Vocabulary - 1, vectors.GetNearest(0, int.MaxValue).Count);
        Assert.Empty(vectors.GetNearest(0, 0));
    }

    [Fact]
    public void GetNearest_VectorOfZeros_IsSimilarToNone()
    {
        LanguageModel model = Create(Architecture.Lstm, 7);
        model.Parameters.GetValues("embedding.weight")[..7].Clear();
        Assert.All(TokenVectors.Create(model).GetNearest(0, 3), neighbor => Assert.Equal(0, neighbor.Similarity));
        Assert.Equal([1, 2, 3], TokenVectors.Create(model).GetNearest(0, 3).Select(neighbor => neighbor.Id));
    }

    // More tokens than dimensions, and fewer: both products.
    [Theory]
    [MemberData(nameof(Models))]
    public void Project_OfAnyModel_IsThePlaneOfTheNaiveComponents(Architecture architecture, int embedding)
    {
        TokenVectors vectors = TokenVectors.Create(Create(architecture, embedding));
        TokenMap map = Project(vectors);
        double[][] centered = Centered(vectors);
        (double[] x, double xShare) = Component(centered);
        double[][] rest = [.. centered.Select((point, place) => Without(point, centered, x))];
        (double[] y, double yShare) = Component(rest);
        double total = centered.Sum(point => point.Sum(value => value * value));
        Assert.Equal(xShare / total, map.XShare, 1e-9);
        Assert.Equal(yShare / total, map.YShare, 1e-9);
        Assert.Equal(Enumerable.Range(0, Vocabulary), map.Points.Select(point => point.Id));
        for (int id = 0; id < Vocabulary; id++)
        {
            Assert.Equal(x[id], map.Points[id].X, 1e-6);
            Assert.Equal(y[id], map.Points[id].Y, 1e-6);
        }
    }

    [Fact]
    public void Project_PointsOnALine_HasOneAxis()
    {
        LanguageModel model = Create(Architecture.Lstm, 2);
        Span<float> values = model.Parameters.GetValues("embedding.weight");
        for (int id = 0; id < Vocabulary; id++) (values[2 * id], values[2 * id + 1]) = (3 * id, 4 * id);
        TokenMap map = Project(TokenVectors.Create(model), [0, 1, 4]);
        Assert.Equal(1, map.XShare, 1e-12);
        Assert.Equal(0, map.YShare, 1e-12);
        // The middle is at 5/3 of the length 5. The last one is the farthest, and so on the positive side.
        double[] expected = [-25 / 3.0, -10 / 3.0, 35 / 3.0];
        foreach ((int place, double x) in expected.Index()) Assert.Equal(x, map.Points[place].X, 1e-9);
    }

    [Fact]
    public void Project_NothingToSpread_IsOnePlace()
    {
        LanguageModel model = Create(Architecture.Lstm, 3);
        TokenVectors vectors = TokenVectors.Create(model);
        Assert.Equal([(5, 0.0, 0.0)], Project(vectors, [5]).Points.Select(point => (point.Id, point.X, point.Y)));
        Assert.Empty(Project(vectors, []).Points);
        model.Parameters.GetValues("embedding.weight").Fill(1);
        TokenMap map = Project(vectors);
        Assert.All(map.Points, point => Assert.Equal((0, 0), (point.X, point.Y)));
        Assert.Equal((0, 0), (map.XShare, map.YShare));
    }

    [Fact]
    public void Project_TooManyLongVectors_SaysHowMany()
    {
        LanguageModel model = LanguageModel.Create(new() { HiddenSize = 100 }, ModelPair.VocabularyOf(TokenVectors.MaxMapSize + 1));
        ArgumentException refused = Assert.Throws<ArgumentException>(() => Project(TokenVectors.Create(model)));
        Assert.Contains("400 has at most 300 tokens, not 301", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Project(TokenVectors.Create(model), [301]));
        CancellationToken canceled = new(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(() => TokenVectors.Create(model).Project([1, 2], canceled));
    }

    private static LanguageModel Create(Architecture architecture, int embedding) => LanguageModel.Create(
        new() { Architecture = architecture, HiddenSize = 9, EmbeddingSize = embedding }, ModelPair.VocabularyOf(Vocabulary), seed: 5);

    private static TokenMap Project(TokenVectors vectors, int[]? ids = null) => vectors.Project(ids, TestContext.Current.CancellationToken);

    private static double Cosine(TokenVectors vectors, int left, int right)
    {
        double Product(int one, int other)
        {
            double sum = 0;
            for (int place = 0; place < vectors.Dimensions; place++)
                sum += (double)vectors.GetVector(one)[place] * vectors.GetVector(other)[place];
            return sum;
        }

        return Product(left, right) / Math.Sqrt(Product(left, left) * Product(right, right));
    }

    private static double[][] Centered(TokenVectors vectors)
    {
        double[][] all =
        [
            .. Enumerable.Range(0, Vocabulary).Select(id => Array.ConvertAll(vectors.GetVector(id).ToArray(), value => (double)value)),
        ];
        double[] mean = [.. Enumerable.Range(0, vectors.Dimensions).Select(place => all.Average(vector => vector[place]))];
        return [.. all.Select(vector => vector.Select((value, place) => value - mean[place]).ToArray())];
    }

    /// <summary>The power method: coordinates along the direction of the largest variance, and the variance.</summary>
    private static (double[] Coordinates, double Variance) Component(double[][] points)
    {
        double[] direction = [.. Enumerable.Range(0, points[0].Length).Select(place => 1.0 + place % 3)];
        for (int step = 0; step < 20_000; step++)
        {
            double[] coordinates = [.. points.Select(point => point.Zip(direction, (left, right) => left * right).Sum())];
            double[] next = [.. direction.Select((_, place) => points.Select((point, row) => point[place] * coordinates[row]).Sum())];
            double length = Math.Sqrt(next.Sum(value => value * value));
            direction = [.. next.Select(value => value / length)];
        }

        double[] found = [.. points.Select(point => point.Zip(direction, (left, right) => left * right).Sum())];
        if (found.MaxBy(Math.Abs) < 0) found = [.. found.Select(value => -value)];
        return (found, found.Sum(value => value * value));
    }

    /// <summary>A point without its part along the component with these coordinates.</summary>
    private static double[] Without(double[] point, double[][] points, double[] coordinates)
    {
        double variance = coordinates.Sum(value => value * value), own = coordinates[Array.IndexOf(points, point)];
        double[] direction = [.. point.Select((_, place) => points.Select((one, row) => one[place] * coordinates[row]).Sum() / variance)];
        return [.. point.Select((value, place) => value - own * direction[place])];
    }
}
