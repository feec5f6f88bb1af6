using Aphorist.Model;

namespace Aphorist;

/// <summary>
/// The state of an optimizer that was imported with a model from another program. The first training with the same kind of optimizer
/// continues from it.
/// </summary>
public sealed class OptimizerState
{
    /// <summary>The name of RMSprop's mean of squared gradients.</summary>
    public const string RmsPropMeanSquare = "rmsprop.mean_square";

    /// <summary>The name of Adam's mean of gradients.</summary>
    public const string AdamMean = "adam.mean";

    /// <summary>The name of Adam's mean of squared gradients.</summary>
    public const string AdamMeanSquare = "adam.mean_square";

    /// <summary>The name of the momentum of stochastic gradient descent.</summary>
    public const string SgdMomentum = "sgd.momentum";

    /// <summary>The moments of each kind of optimizer, in their order.</summary>
    internal static readonly IReadOnlyList<string>[] Kinds = [[RmsPropMeanSquare], [AdamMean, AdamMeanSquare], [SgdMomentum]];

    private readonly Parameters[] values;

    /// <summary>Creates a state whose values are all 0.</summary>
    /// <param name="model">The model.</param>
    /// <param name="steps">The number of training steps that the state results from; 0 if it is unknown.</param>
    /// <param name="moments">
    /// The names of the values that the optimizer keeps for each parameter: <see cref="RmsPropMeanSquare"/>, or <see cref="AdamMean"/> and
    /// <see cref="AdamMeanSquare"/>, or <see cref="SgdMomentum"/>.
    /// </param>
    /// <exception cref="ArgumentException">The moments are not those of a known optimizer.</exception>
    public OptimizerState(LanguageModel model, long steps, IReadOnlyList<string> moments)
        : this(LayoutOf(model), steps, moments)
    {
    }

    internal OptimizerState(ModelLayout layout, long steps, IReadOnlyList<string> moments)
    {
        ArgumentNullException.ThrowIfNull(moments);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        if (!AreKnown(moments))
            throw new ArgumentException($"'{string.Join(", ", moments)}' are not the moments of a known optimizer.", nameof(moments));
        (Steps, Moments) = (steps, moments);
        values = [.. moments.Select(_ => new Parameters(layout))];
    }

    /// <summary>The number of training steps that the state results from; 0 if it is unknown.</summary>
    public long Steps { get; }

    /// <summary>The names of the values that the optimizer keeps for each parameter.</summary>
    public IReadOnlyList<string> Moments { get; }

    /// <summary>Gets the values of a moment: one for each parameter of the model, in tensors of the same names and shapes.</summary>
    /// <param name="moment">The index in <see cref="Moments"/>.</param>
    public Parameters GetValues(int moment) => values[moment];

    /// <summary>Whether a known optimizer keeps these moments.</summary>
    internal static bool AreKnown(IReadOnlyList<string> moments) => Kinds.Any(kind => kind.SequenceEqual(moments));

    private static ModelLayout LayoutOf(LanguageModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Layout;
    }
}
