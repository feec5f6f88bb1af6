using Aphorist.Model;

namespace Aphorist.Storage;

/// <summary>
/// A tensor of a model file and the parameters that it belongs to. Files use row-major order; memory uses the engine's order.
/// </summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Parameter">The tensor of the model.</param>
/// <param name="IsAdded">Whether the values are added to the parameters. PyTorch has two biases where the engine has their sum.</param>
internal sealed record StoredTensor(string Name, ParameterTensor Parameter, bool IsAdded = false)
{
    /// <summary>The shape in the file.</summary>
    public long[] Shape => [.. Parameter.Shape];

    /// <summary>Returns the tensors of a model in file order.</summary>
    public static IReadOnlyList<StoredTensor> Of(ModelLayout layout) =>
        [.. layout.Tensors.SelectMany(
            tensor => tensor.StoredNames.Select((name, index) => new StoredTensor(name, tensor, IsAdded: index > 0)))];

    /// <summary>
    /// Returns the tensors of a model and of its optimizer state in file order, each with the parameters that hold its values.
    /// </summary>
    public static IEnumerable<(StoredTensor Tensor, Parameters Values)> Of(LanguageModel model)
    {
        IReadOnlyList<StoredTensor> tensors = Of(model.Layout);
        foreach (StoredTensor tensor in tensors) yield return (tensor, model.Parameters);
        if (model.OptimizerState is not { } state) yield break;
        for (int moment = 0; moment < state.Moments.Count; moment++)
        {
            foreach (StoredTensor tensor in OfMoment(tensors, state.Moments[moment])) yield return (tensor, state.GetValues(moment));
        }
    }

    /// <summary>Returns the tensors of an optimizer moment.</summary>
    /// <param name="tensors">The tensors of the model.</param>
    /// <param name="moment">The name of the moment.</param>
    public static IEnumerable<StoredTensor> OfMoment(IReadOnlyList<StoredTensor> tensors, string moment) =>
        tensors.Where(tensor => !tensor.IsAdded).Select(tensor => tensor with { Name = $"optimizer.{moment}.{tensor.Name}" });

    /// <summary>Checks that a file has exactly these tensors, with these shapes and floating-point values.</summary>
    /// <exception cref="ModelFileException">A tensor is missing, unexpected, or has another shape or type.</exception>
    public static void Check(SafetensorsReader reader, IReadOnlyCollection<StoredTensor> expected)
    {
        foreach (StoredTensor stored in expected)
        {
            string shape = SafetensorsTensor.FormatShape(stored.Shape);
            SafetensorsTensor tensor = reader.Find(stored.Name)
                ?? throw new ModelFileException(reader.Path, $"tensor '{stored.Name}' of shape {shape} is missing");
            if (!tensor.Shape.SequenceEqual(stored.Shape))
                throw new ModelFileException(reader.Path, $"tensor '{stored.Name}' has shape {tensor.ShapeText} where {shape} is expected");
            if (!tensor.IsFloatingPoint)
                throw new ModelFileException(
                    reader.Path, $"tensor '{stored.Name}' is {tensor.DataType} where F32, F16, BF16 or F64 is expected");
        }

        HashSet<string> names = [.. expected.Select(stored => stored.Name)];
        if (reader.Tensors.FirstOrDefault(tensor => !names.Contains(tensor.Name)) is { } foreign)
            throw new ModelFileException(reader.Path, $"it has an unexpected tensor '{foreign.Name}' of shape {foreign.ShapeText}");
    }

    /// <summary>Writes the values of the tensor.</summary>
    public void Write(SafetensorsWriter writer, Parameters parameters)
    {
        if (IsAdded)
        {
            // The first tensor holds the whole sum.
            writer.Write(Name, new float[Parameter.Length]);
        }
        else if (!Parameter.IsTransposed)
        {
            writer.Write(Name, parameters.GetValues(Parameter));
        }
        else
        {
            float[] block = new float[Parameters.RowsPerBlock * Parameter.Columns];
            for (int row = 0; row < Parameter.Rows; row += Parameters.RowsPerBlock)
                writer.Write(Name, block.AsSpan(0, parameters.CopyRows(Parameter, row, block)));
        }
    }

    /// <summary>Reads the values of the tensor into the parameters and checks that they are finite.</summary>
    /// <exception cref="ModelFileException">A value is not finite, or the file cannot be read.</exception>
    public void Read(SafetensorsReader reader, Parameters parameters)
    {
        SafetensorsTensor tensor = reader.Find(Name)!;
        Span<float> values = parameters.GetValues(Parameter);
        if (IsAdded)
        {
            Add(reader, tensor, values);
        }
        else if (!Parameter.IsTransposed)
        {
            reader.ReadFinite(tensor, 0, values);
        }
        else
        {
            float[] block = new float[Parameters.RowsPerBlock * Parameter.Columns];
            for (int row = 0; row < Parameter.Rows; row += Parameters.RowsPerBlock)
            {
                Span<float> part = block.AsSpan(0, Math.Min(Parameters.RowsPerBlock, Parameter.Rows - row) * Parameter.Columns);
                reader.ReadFinite(tensor, (long)row * Parameter.Columns, part);
                parameters.SetRows(Parameter, row, part);
            }
        }
    }

    private static void Add(SafetensorsReader reader, SafetensorsTensor tensor, Span<float> values)
    {
        float[] added = new float[values.Length];
        reader.ReadFinite(tensor, 0, added);
        for (int i = 0; i < added.Length; i++)
        {
            // Adding 0 would turn -0 into 0, but loading must reproduce the saved bits.
            if (added[i] != 0) values[i] += added[i];
        }

        reader.EnsureFinite(tensor, 0, values);
    }
}
