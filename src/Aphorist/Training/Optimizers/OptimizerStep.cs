namespace Aphorist.Training.Optimizers;

/// <summary>What all parameters share at one step of an optimizer.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="LearningRate">The learning rate; 0 leaves the parameters as they are.</param>
/// <param name="GradientScale">What gradients are multiplied by first: below 1 where their norm was too large.</param>
/// <param name="GradientLimit">The largest absolute value of a gradient, after scaling; infinite for none.</param>
internal readonly record struct OptimizerStep(long Number, float LearningRate, float GradientScale = 1, float GradientLimit = float.PositiveInfinity);
