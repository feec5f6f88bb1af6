namespace Aphorist;

/// <summary>A corpus cannot be had: the message is one sentence for the user that says what, where and what to do.</summary>
public sealed class CorpusException : Exception
{
    /// <summary>Explains the failure.</summary>
    /// <param name="message">One sentence for the user.</param>
    /// <param name="innerException">What the system reported, where it did.</param>
    public CorpusException(string message, Exception? innerException = null) : base(message, innerException) { }
}
