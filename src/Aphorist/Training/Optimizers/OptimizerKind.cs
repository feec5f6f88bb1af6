namespace Aphorist.Training;

/// <summary>How gradients move the parameters.</summary>
public enum OptimizerKind
{
    /// <summary>RMSprop as Keras has it: rho 0.9, epsilon 1e-7 added to the root.</summary>
    RmsProp,

    /// <summary>Adam (Kingma, Ba, 2015): beta 0.9 and 0.999, epsilon 1e-8; weight decay, if any, is added to the gradient.</summary>
    Adam,

    /// <summary>AdamW (Loshchilov, Hutter, 2019): Adam with weight decay apart from the gradient.</summary>
    AdamW,

    /// <summary>Stochastic gradient descent with Nesterov's momentum 0.9.</summary>
    Sgd,
}
