using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Text;

namespace Aphorist.Cli.Generation;

/// <summary>Gets the prompt and makes it one that the model can read.</summary>
internal static class PromptReader
{
    private const int NamedAtMost = 8;

    /// <summary>The prompt as given; - is standard input, without the line end that shells and editors put at its end.</summary>
    public static string Read(string prompt)
    {
        if (prompt != "-") return prompt;
        using StreamReader input = new(Console.OpenStandardInput(), new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            string text = input.ReadToEnd();
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException("The prompt on standard input is not UTF-8: convert it first, for example with iconv.", exception);
        }
    }

    /// <summary>The prompt without the characters that the model does not know; they are named, or make the call fail.</summary>
    public static string Known(string prompt, Vocabulary vocabulary, UnknownCharacters unknown, TextWriter notes)
    {
        string normalized = vocabulary.Normalization.Apply(prompt);
        int[] known = vocabulary.EncodeKnown(normalized, out IReadOnlyList<Rune> strangers);
        if (strangers.Count == 0) return normalized;
        string names = NamesOf(strangers);
        if (unknown == UnknownCharacters.Error)
            throw new WrongCallException($"The model does not know {names}: change the prompt, or leave such characters out with --unknown skip.");
        notes.WriteLine($"Left out of the prompt, since the model does not know it: {names}.");
        return vocabulary.Decode(known);
    }

    private static string NamesOf(IReadOnlyList<Rune> characters)
    {
        string names = string.Join(", ", characters.Take(NamedAtMost).Select(CharacterName.Of));
        return characters.Count > NamedAtMost ? $"{names} and {characters.Count - NamedAtMost} more" : names;
    }
}
