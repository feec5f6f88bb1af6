namespace Aphorist.Server.Protocol;

/// <summary>The endpoints that have a field.</summary>
[Flags]
internal enum RequestKinds
{
    Completion = 1,
    Chat = 2,
    Both = Completion | Chat,
}

/// <summary>A field of the body of a request.</summary>
/// <param name="Name">The name in JSON.</param>
/// <param name="Kinds">The endpoints that have the field.</param>
/// <param name="Type">The type in JSON Schema, or several with <c>|</c> between them; empty if it does not matter.</param>
/// <param name="Default">The default as JSON; null if there is none.</param>
/// <param name="Description">What the field does, and its range.</param>
internal sealed record RequestField(string Name, RequestKinds Kinds, string Type, string? Default, string Description)
{
    /// <summary>Reads the field into a request. Null if the field is known and ignored.</summary>
    public Action<TextRequest, FieldValue>? Read { get; init; }

    /// <summary>Whether a request with the field is refused.</summary>
    public bool IsRefused { get; init; }

    /// <summary>
    /// The property of <see cref="GenerationOptions"/> that the field sets. Messages of the library name the property, and those of the
    /// server the field.
    /// </summary>
    public string? Property { get; init; }
}
