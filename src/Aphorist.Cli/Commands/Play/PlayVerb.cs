namespace Aphorist.Cli.Commands.Play;

/// <summary>What can be done.</summary>
internal enum PlayVerb
{
    /// <summary>Nothing: a key that means nothing here.</summary>
    None,

    Type,
    AcceptSelected,
    AcceptNumber,
    Select,
    Erase,
    Undo,
    Write,
    Warm,
    Save,
    Leave,
}
