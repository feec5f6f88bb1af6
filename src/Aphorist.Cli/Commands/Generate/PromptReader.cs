using System.Text;
using Aphorist.Cli.CommandLine;
using Aphorist.Text;

namespace Aphorist.Cli.Commands.Generate;

/// <summary>Gets the prompt and makes it one that the model can read.</summary>
internal static class PromptReader
{
    private const int NamedAtMost = 8;

    /// <summary>The prompt as given; - is standard input, without the line end that shells and editors put at its end.</summary>
    public static string Read(string prompt) => prompt == "-" ? Read(Console.OpenStandardInput(), "on standard input") : prompt;

    /// <summary>The text of a file, without its last line end.</summary>
    public static string ReadFile(string path) => Read(File.OpenRead(path), $"in '{path}'");

    private static string Read(Stream stream, string place)
    {
        using StreamReader input = new(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
        try
        {
            string text = input.ReadToEnd();
            return text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
        }
        catch (DecoderFallbackException exception)
        {
            throw new InvalidDataException($"The prompt {place} is not UTF-8: convert it first, for example with iconv.", exception);
        }
    }

    /// <summary>The prompt without the characters or words that the model does not know; they are named, or make the call fail.</summary>
    public static string Known(string prompt, Tokenizer tokenizer, UnknownCharacters treatment, TextWriter notes)
    {
        string normalized = tokenizer.Normalization.Apply(prompt);
        int[] known = tokenizer.EncodeSkippingUnknown(normalized, out IReadOnlyList<string> unknown);
        if (unknown.Count == 0) return normalized;
        string names = NamesOf(unknown);
        if (treatment == UnknownCharacters.Error)
            throw new UsageException($"The model does not know {names}: change the prompt, or leave out what is unknown with --unknown skip.");
        notes.WriteLine($"Left out of the prompt, since the model does not know it: {names}.");
        return tokenizer.Decode(known);
    }

    private static string NamesOf(IReadOnlyList<string> unknown)
    {
        string names = string.Join(", ", unknown.Take(NamedAtMost).Select(NameOf));
        return unknown.Count > NamedAtMost ? $"{names} and {unknown.Count - NamedAtMost} more" : names;
    }

    private static string NameOf(string unknown) => Rune.GetRuneAt(unknown, 0) is var first && first.Utf16SequenceLength == unknown.Length
        ? CharacterName.Of(first)
        : $"'{unknown}'";
}
