namespace Aphorist.Cli.Commands.Import;

/// <summary>What a call of `aphorist import` asks for. Of the corpus, the characters and the map one is given.</summary>
internal sealed record ImportRequest
{
    /// <summary>The file of the other program.</summary>
    public required string Source { get; init; }

    /// <summary>The text whose sorted characters are the vocabulary; none for another source of it.</summary>
    public required IReadOnlyList<string> Corpus { get; init; }

    /// <summary>The file of the characters in their order.</summary>
    public string? Characters { get; init; }

    /// <summary>The file of the characters and their numbers in JSON.</summary>
    public string? Map { get; init; }

    /// <summary>How the text is read, and prompts are normalised.</summary>
    public required CorpusOptions Reading { get; init; }

    /// <summary>The units that the model's layers must have; null for however many they have.</summary>
    public int? Hidden { get; init; }

    /// <summary>The layers that the model must have; null for however many it has.</summary>
    public int? Layers { get; init; }

    /// <summary>The activation of the gates of a model whose file does not say it, and what it must be otherwise; null for what the file says.</summary>
    public GateActivation? Gates { get; init; }

    /// <summary>The window of a model whose file does not say it, and what it must be otherwise; null for the usual one.</summary>
    public int? Window { get; init; }

    /// <summary>The model file to write.</summary>
    public required string Output { get; init; }
}
