using Aphorist.Text;

namespace Aphorist.Cli.Importing;

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

    /// <summary>The model file to write.</summary>
    public required string Output { get; init; }
}
