namespace Aphorist;

/// <summary>A corpus cannot be found, downloaded, read or decoded.</summary>
public sealed class CorpusException : AphoristException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do: one or two sentences for the user.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public CorpusException(string message, Exception? innerException = null) : base(message, innerException) { }
}
