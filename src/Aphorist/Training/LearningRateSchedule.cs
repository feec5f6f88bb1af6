namespace Aphorist.Training;

/// <summary>How the learning rate changes in the course of training.</summary>
public enum LearningRateSchedule
{
    /// <summary>It stays.</summary>
    Constant,

    /// <summary>It falls to a hundredth of its value along half a cosine, over the whole training.</summary>
    Cosine,

    /// <summary>From the tenth epoch on it falls by 3 % with every epoch, as char-rnn's does.</summary>
    Step,

    /// <summary>It halves whenever two epochs have brought no better loss.</summary>
    Plateau,
}
