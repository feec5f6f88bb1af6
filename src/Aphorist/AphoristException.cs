namespace Aphorist;

/// <summary>
/// The base of every exception that a user's input can cause: a text, a file, an option. The message is for that user: it says what is
/// wrong, where, and what to do. Programming errors are <see cref="ArgumentException"/>s, and failures of the disk stay
/// <see cref="IOException"/>s.
/// </summary>
public abstract class AphoristException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do: one or two sentences for the user.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    protected AphoristException(string message, Exception? innerException = null) : base(message, innerException) { }
}

/// <summary>An option is out of its range, or contradicts another option.</summary>
public sealed class InvalidOptionsException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the option and which values are allowed.</param>
    /// <param name="propertyName">The name of the property to change, for example <c>TopP</c>.</param>
    public InvalidOptionsException(string message, string propertyName) : base(message) => PropertyName = propertyName;

    /// <summary>The name of the property to change, for example <c>TopP</c>.</summary>
    public string PropertyName { get; }
}
