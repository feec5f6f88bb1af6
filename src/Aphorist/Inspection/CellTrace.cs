using Aphorist.Numerics;

namespace Aphorist.Inspection;

/// <summary>One number in a cell over a text.</summary>
/// <param name="Name">
/// Its name: input, forget, candidate, output, cell and hidden for an LSTM; reset, update, candidate and hidden for a GRU; hidden for an
/// RNN; candidate, output and hidden for a convolution.
/// </param>
/// <param name="Values">Its value after each token.</param>
public sealed record CellSignal(string Name, IReadOnlyList<float> Values);

/// <summary>What happens in one cell while a model reads a text: its gates, its candidate and its state after each token.</summary>
/// <remarks>
/// The state is carried from token to token. Gates are between 0, closed, and 1, open. The candidate, between -1 and 1, is the new value
/// that they let through. For an LSTM, cell = forget * previous cell + input * candidate and hidden = output * tanh(cell). For a GRU,
/// hidden = update * previous hidden + (1 - update) * candidate. For a convolution, hidden = output * candidate, to which layers after the
/// first add their input. Hidden is the output of the cell, before layer normalization.
/// </remarks>
public sealed class CellTrace
{
    // The number of tokens between two checks for cancellation.
    private const int BlockLength = 64;

    private CellTrace(CellIndex cell, IReadOnlyList<CellSignal> signals) => (Cell, Signals) = (cell, signals);

    /// <summary>The cell.</summary>
    public CellIndex Cell { get; }

    /// <summary>The numbers, in the order in which they are computed; see <see cref="CellSignal.Name"/>.</summary>
    public IReadOnlyList<CellSignal> Signals { get; }

    /// <summary>Reads a text from a zero state.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ids">The tokens of the text.</param>
    /// <param name="cell">The cell.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cell does not exist, or a token is not in the vocabulary.</exception>
    /// <exception cref="OperationCanceledException">Reading was canceled.</exception>
    public static CellTrace Create(
        LanguageModel model, ReadOnlySpan<int> ids, CellIndex cell, CancellationToken cancellationToken = default) =>
        Create(model, ids, cell, InstructionSet.Current, cancellationToken);

    /// <summary>Reads a text with a given instruction set.</summary>
    internal static CellTrace Create(
        LanguageModel model, ReadOnlySpan<int> ids, CellIndex cell, InstructionSet instructionSet, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Layer, (uint)model.Spec.Layers, nameof(cell));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)cell.Unit, (uint)model.Spec.HiddenSize, nameof(cell));
        uint vocabulary = (uint)model.Tokenizer.VocabularySize;
        foreach (int id in ids) ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, vocabulary, nameof(ids));
        int length = ids.Length;
        CellReader reader = new(model, instructionSet);
        (string Name, int Index)[] blocks = [.. model.Spec.Kind.Blocks];
        float[][] values = [.. blocks.Select(_ => new float[length])];
        float[] memory = new float[reader.Memory(cell.Layer).IsEmpty ? 0 : length], hidden = new float[length];
        for (int token = 0; token < length; token++)
        {
            if (token % BlockLength == 0) cancellationToken.ThrowIfCancellationRequested();
            reader.Read(ids[token]);
            for (int block = 0; block < blocks.Length; block++)
                values[block][token] = reader.Gate(cell.Layer, blocks[block].Index)[cell.Unit];
            if (memory.Length > 0) memory[token] = reader.Memory(cell.Layer)[cell.Unit];
            hidden[token] = reader.Output(cell.Layer)[cell.Unit];
        }

        List<CellSignal> signals = [.. blocks.Select((block, index) => new CellSignal(block.Name, values[index]))];
        if (!reader.Memory(cell.Layer).IsEmpty) signals.Add(new("cell", memory));
        signals.Add(new("hidden", hidden));
        return new CellTrace(cell, signals);
    }
}
