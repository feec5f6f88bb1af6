namespace Aphorist.Cli.Commands.Play;

/// <summary>How far the model writes when it is let.</summary>
internal enum WriteExtent
{
    /// <summary>One token; of bytes, as many as make a character.</summary>
    Token,

    /// <summary>To the end of a word, with the character that tells of it.</summary>
    Word,

    /// <summary>To the end of the line.</summary>
    Line,

    /// <summary>Until it is stopped.</summary>
    Endless,
}
