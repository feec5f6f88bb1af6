using System.Numerics.Tensors;

namespace Aphorist.Model.Layers.Convolution;

/// <summary>The sums for token inputs: each kernel position adds the row of the token that it covers.</summary>
internal sealed unsafe class TokenConvolutionSums : ConvolutionSums
{
    private const int None = -1;

    private readonly ConvolutionWeights weights;

    // [past + steps, rows]: the tokens before the sequences, followed by those of the sequences.
    private readonly int[] tokens;
    private int rows;

    public TokenConvolutionSums(ConvolutionWeights weights, int maxRows, int maxSteps)
    {
        this.weights = weights;
        tokens = new int[(weights.Past + maxSteps) * maxRows];
    }

    /// <summary>
    /// In a state, a token is stored as its id plus 1, so that 0 means no token. Floats represent all ids exactly, because ids are far
    /// below 2^24.
    /// </summary>
    public override void Begin(LayerInput input, int steps, int rows, float* state)
    {
        this.rows = rows;
        int past = weights.Past * rows;
        for (int place = 0; place < past; place++) tokens[place] = state is null ? None : (int)state[place] - 1;
        new ReadOnlySpan<int>(input.Tokens, steps * rows).CopyTo(tokens.AsSpan(past));
        for (int place = 0; state is not null && place < past; place++) state[place] = tokens[steps * rows + place] + 1;
    }

    public override void Forward(LayerInput input, int first, int end, float* sums)
    {
        for (int row = first * rows; row < end * rows; row++, sums += weights.Sums)
        {
            Span<float> sum = new(sums, weights.Sums);
            sum.Clear();
            for (int place = 0; place < weights.KernelSize; place++)
            {
                if (TokenOf(row, place) is var token and not None)
                    TensorPrimitives.Add(sum, new ReadOnlySpan<float>(weights.Row(token, place), sum.Length), sum);
            }
        }
    }

    public override void Backward(LayerInput input, int first, int end, float* sumGradient, float* inputGradient, float* gradient)
    {
        for (int row = first * rows; row < end * rows; row++, sumGradient += weights.Sums)
        {
            ReadOnlySpan<float> dy = new(sumGradient, weights.Sums);
            for (int place = 0; place < weights.KernelSize; place++)
            {
                if (TokenOf(row, place) is not (var token and not None)) continue;
                Span<float> sum = new(weights.Row(gradient, token, place), dy.Length);
                TensorPrimitives.Add(sum, dy, sum);
            }
        }
    }

    /// <summary>The token that a kernel position covers in a row of the sequences.</summary>
    private int TokenOf(int row, int place) => tokens[row + place * weights.Dilation * rows];
}
