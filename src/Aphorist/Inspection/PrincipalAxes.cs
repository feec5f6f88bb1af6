namespace Aphorist.Inspection;

/// <summary>The two directions in which points vary most, and the coordinates of the points along them.</summary>
internal sealed class PrincipalAxes
{
    // Twice as many as needed: each sweep squares what is left outside the diagonal.
    private const int MaxSweeps = 30;

    private PrincipalAxes(double[] x, double[] y, double xShare, double yShare) => (X, Y, XShare, YShare) = (x, y, xShare, yShare);

    public double[] X { get; }

    public double[] Y { get; }

    /// <summary>The share of the variance along the axis; 0 if all points are the same.</summary>
    public double XShare { get; }

    public double YShare { get; }

    /// <summary>Finds the axes. The time grows with the cube of the number of points or dimensions, whichever is smaller.</summary>
    /// <param name="points">The points, of equal length.</param>
    /// <param name="cancellationToken">Cancels the computation.</param>
    public static PrincipalAxes Of(IReadOnlyList<float[]> points, CancellationToken cancellationToken)
    {
        double[][] centered = Center(points);
        int count = centered.Length, dimensions = count == 0 ? 0 : centered[0].Length;
        // Both products have the same eigenvalues: X X' of the points, and X' X of the dimensions.
        bool byPoint = count <= dimensions;
        double[][] product = ProductsOf(byPoint ? centered : Transpose(centered, dimensions), cancellationToken);
        double total = product.Select((row, place) => row[place]).Sum();
        double[][] vectors = Diagonalize(product, cancellationToken);
        int[] order = [.. Enumerable.Range(0, product.Length).OrderByDescending(place => product[place][place])];
        (double[] x, double xShare) = Along(0);
        (double[] y, double yShare) = Along(1);
        return new(x, y, xShare, yShare);

        (double[] Coordinates, double Share) Along(int axis)
        {
            if (axis >= order.Length || total <= 0) return (new double[count], 0);
            double value = Math.Max(0, product[order[axis]][order[axis]]);
            double[] vector = vectors[order[axis]];
            double[] coordinates = byPoint
                ? [.. vector.Select(part => part * Math.Sqrt(value))]
                : [.. centered.Select(point => Dot(point, vector))];
            double farthest = coordinates.MaxBy(Math.Abs);
            if (farthest < 0) coordinates = [.. coordinates.Select(coordinate => -coordinate)];
            return (coordinates, value / total);
        }
    }

    private static double[][] Center(IReadOnlyList<float[]> points)
    {
        double[] mean = new double[points.Count == 0 ? 0 : points[0].Length];
        foreach (float[] point in points)
            for (int place = 0; place < mean.Length; place++) mean[place] += point[place];
        // Divided at the end: the mean of equal points is then exact.
        for (int place = 0; place < mean.Length; place++) mean[place] /= points.Count;
        return [.. points.Select(point => point.Select((value, place) => value - mean[place]).ToArray())];
    }

    private static double[][] Transpose(double[][] rows, int columns) =>
        [.. Enumerable.Range(0, columns).Select(column => rows.Select(row => row[column]).ToArray())];

    private static double[][] ProductsOf(double[][] rows, CancellationToken cancellationToken)
    {
        double[][] products = [.. rows.Select(_ => new double[rows.Length])];
        for (int row = 0; row < rows.Length; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (int other = 0; other <= row; other++) products[row][other] = products[other][row] = Dot(rows[row], rows[other]);
        }

        return products;
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int place = 0; place < left.Length; place++) sum += left[place] * right[place];
        return sum;
    }

    /// <summary>
    /// Jacobi's method: rotates a symmetric matrix until it is diagonal. The eigenvalues are then its diagonal, and the result is the
    /// eigenvectors, which are exact to rounding.
    /// </summary>
    private static double[][] Diagonalize(double[][] matrix, CancellationToken cancellationToken)
    {
        int size = matrix.Length;
        double[][] vectors = [.. matrix.Select((_, row) => new double[size])];
        for (int row = 0; row < size; row++) vectors[row][row] = 1;
        double scale = matrix.Sum(row => row.Sum(value => value * value));
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            double outside = matrix.Select((row, at) => row.Where((_, column) => column != at).Sum(value => value * value)).Sum();
            if (outside <= scale * 1e-28) break;
            for (int row = 0; row < size; row++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                for (int column = row + 1; column < size; column++) Rotate(matrix, vectors, row, column);
            }
        }

        return vectors;
    }

    /// <summary>Rotates the plane of two dimensions such that their product becomes 0.</summary>
    private static void Rotate(double[][] matrix, double[][] vectors, int first, int second)
    {
        double product = matrix[first][second];
        if (product == 0) return;
        double theta = (matrix[second][second] - matrix[first][first]) / (2 * product);
        double tangent = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        double cosine = 1 / Math.Sqrt(tangent * tangent + 1), sine = tangent * cosine;
        double[] one = matrix[first], other = matrix[second];
        (double firstValue, double secondValue) = (one[first] - tangent * product, other[second] + tangent * product);
        Turn(one, other, cosine, sine);
        for (int place = 0; place < matrix.Length; place++) (matrix[place][first], matrix[place][second]) = (one[place], other[place]);
        (one[first], other[second], one[second], other[first]) = (firstValue, secondValue, 0, 0);
        Turn(vectors[first], vectors[second], cosine, sine);
    }

    private static void Turn(double[] one, double[] other, double cosine, double sine)
    {
        for (int place = 0; place < one.Length; place++)
            (one[place], other[place]) = (cosine * one[place] - sine * other[place], sine * one[place] + cosine * other[place]);
    }
}
