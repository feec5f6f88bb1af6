using System.Text;
using Aphorist.Text;
using static System.FormattableString;

namespace Aphorist.Studio.NewRun;

/// <summary>What the page shows of a text.</summary>
/// <param name="Encoding">The encoding to open the text with; null for UTF-8 or the one of its byte order mark.</param>
/// <param name="Characters">The number of characters.</param>
/// <param name="Vocabulary">The number of distinct tokens.</param>
/// <param name="Excerpt">The beginning.</param>
/// <param name="TextLanguage">The language for fonts: zh, ja, ko, or empty if it is not known.</param>
/// <param name="Likely">The encodings in which the text makes sense, most likely first, if it is not in UTF-8.</param>
/// <param name="Problem">Why the text cannot be read in the encoding; null if it can.</param>
public sealed record TextReading(
    string? Encoding,
    long Characters,
    int Vocabulary,
    string Excerpt,
    string TextLanguage,
    IReadOnlyList<string> Likely,
    Bilingual? Problem)
{
    private const int ExcerptLength = 600, ExcerptLines = 14, LikelyCount = 5;

    /// <summary>The encodings that can be chosen.</summary>
    public static IReadOnlyList<string> Encodings { get; } =
    [
        "utf-8", "utf-16LE", "utf-16BE", "gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1252", "windows-1250",
        "windows-1251", "koi8-r", "windows-1253", "windows-1254", "windows-1255", "windows-1256", "windows-1257", "windows-874",
        "iso-8859-1", "iso-8859-2", "iso-8859-15",
    ];

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text. One of the catalog is downloaded if it is not here.</param>
    /// <param name="encoding">The encoding that was chosen; null to detect it.</param>
    /// <param name="lowercase">Whether it is converted to lower case.</param>
    /// <param name="tokenizer">The kind of the tokens.</param>
    /// <param name="progress">Receives the progress of a download.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static Task<TextReading> ReadAsync(
        TextEntry text, string? encoding, bool lowercase, TokenizerOptions tokenizer, IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken) =>
        Task.Run(() => ReadInBackgroundAsync(text, encoding, lowercase, tokenizer, progress, cancellationToken), cancellationToken);

    private static async Task<TextReading> ReadInBackgroundAsync(
        TextEntry text, string? encoding, bool lowercase, TokenizerOptions tokenizer, IProgress<CorpusProgress>? progress,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<string> likely = [];
        try
        {
            return await OpenAsync(encoding).ConfigureAwait(false);
        }
        catch (CorpusException exception) when (exception.Undecodable is { } undecodable)
        {
            likely = [.. EncodingCandidates.NamesOf(undecodable).Take(LikelyCount)];
            if (encoding is null && likely.Count > 0)
            {
                try
                {
                    return await OpenAsync(likely[0]).ConfigureAwait(false);
                }
                catch (CorpusException later) when (later.Undecodable is not null)
                {
                    // The rest of the text is in another encoding.
                }
            }

            return Nothing(encoding, likely, Describe(undecodable));
        }
        catch (CorpusException exception)
        {
            return Nothing(encoding, likely, Describe(text, exception));
        }
        catch (InvalidOptionsException exception)
        {
            return Nothing(encoding, likely, new(exception.Message, "没有这种编码。请从列表中选择一种。"));
        }

        async Task<TextReading> OpenAsync(string? name)
        {
            CorpusOptions options = new() { Encoding = name, Lowercase = lowercase };
            Corpus corpus = await Corpus.OpenAsync(text.Source, options, progress, cancellationToken).ConfigureAwait(false);
            Tokenizer tokens = await Tokenizer.CreateAsync(corpus, tokenizer, cancellationToken: cancellationToken).ConfigureAwait(false);
            string excerpt = ExcerptOf(corpus);
            return new(name, corpus.CharacterCount, tokens.VocabularySize, excerpt, LanguageOf(excerpt), likely, null);
        }
    }

    private static TextReading Nothing(string? encoding, IReadOnlyList<string> likely, Bilingual problem) =>
        new(encoding, 0, 0, "", "", likely, problem);

    private static Bilingual Describe(UndecodableText text) => new(
        Invariant($"The text is not {text.Encoding}: byte {text.Offset:N0} is not valid in this encoding. Choose another encoding."),
        Invariant($"文本不是 {text.Encoding} 编码：第 {text.Offset:N0} 个字节在该编码中无效。请选择其他编码。"));

    /// <summary>Why a text cannot be used.</summary>
    public static Bilingual Describe(TextEntry text, CorpusException exception)
    {
        if (!text.IsHere)
        {
            return new(
                $"“{text.Name}” cannot be downloaded. Check the network and try again, or use a text that is here.",
                $"无法下载“{text.Name}”。请检查网络后重试，或使用本机已有的文本。");
        }

        return text.Entry is null && !File.Exists(text.Source)
            ? new($"“{text.Name}” was deleted. Choose another text.", $"“{text.Name}”已被删除。请选择其他文本。")
            : new(exception.Message, $"无法用“{text.Name}”训练：它太短，或无法读取。请使用其他文本。");
    }

    private static string ExcerptOf(Corpus corpus)
    {
        StringBuilder excerpt = new();
        string start = corpus.EnumerateBlocks().FirstOrDefault() ?? "";
        int width = 0, lines = 0;
        foreach (Rune character in start.AsSpan(0, Math.Min(start.Length, 10 * ExcerptLength)).TrimStart().EnumerateRunes())
        {
            excerpt.Append(character.Value == 0 ? "␀" : character.ToString());
            // Characters of East Asia are twice as wide.
            width += character.Value < 0x2E80 ? 1 : 2;
            if (width >= ExcerptLength || (character.Value == '\n' && ++lines == ExcerptLines)) return excerpt.Append('…').ToString();
        }

        return excerpt.ToString();
    }

    private static string LanguageOf(string excerpt)
    {
        int han = 0, kana = 0, hangul = 0;
        foreach (char character in excerpt)
        {
            if (character is >= '\u4E00' and < '\uA000') han++;
            else if (character is >= '\u3040' and < '\u3100') kana++;
            else if (character is >= '\uAC00' and < '\uD7A4') hangul++;
        }

        int few = excerpt.Length / 10;
        return kana > few ? "ja" : hangul > few ? "ko" : han > few ? "zh" : "";
    }
}
