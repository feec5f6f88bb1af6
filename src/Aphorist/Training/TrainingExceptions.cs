namespace Aphorist.Training;

/// <summary>Training diverged: the loss is not a number, or it rose and lower learning rates did not help.</summary>
public sealed class TrainingDivergedException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened, and what to do: one or two sentences for the user.</param>
    public TrainingDivergedException(string message) : base(message) { }
}

/// <summary>A run folder cannot be created, opened or read: it is missing, in use, damaged, or already holds another run.</summary>
public sealed class TrainingRunException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do: one or two sentences for the user.</param>
    /// <param name="path">The folder or file that is wrong.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public TrainingRunException(string message, string path, Exception? innerException = null) : base(message, innerException) => Path = path;

    /// <summary>The folder or file that is wrong.</summary>
    public string Path { get; }
}
