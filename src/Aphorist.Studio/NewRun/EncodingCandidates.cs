using System.Globalization;
using System.Text;
using UtfUnknown;

namespace Aphorist.Text;

/// <summary>Finds the encodings in which a text makes sense, and shows what it would say in each.</summary>
internal static class EncodingCandidates
{
    private const int MaximumCount = 5;
    private const int ExcerptLength = 40, ExcerptBefore = 12;

    // Below, the detector recognizes languages where there are none.
    private const int MinimumDistinctBytes = 4;
    private const double MinimumConfidence = 0.55;

    // Of encodings in which a text reads equally well, the first is the most likely.
    private static readonly string[] Narrow =
    [
        "windows-1252", "windows-1251", "windows-1250", "koi8-r", "cp866", "windows-1253", "windows-1255", "windows-1254", "windows-1256",
        "windows-1257", "iso-8859-1", "iso-8859-15", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-8", "iso-8859-9", "gb18030",
        "big5", "shift_jis", "euc-jp", "euc-kr",
    ];

    // Only in these has a text zero bytes.
    private static readonly string[] Wide = ["utf-16LE", "utf-16BE", "utf-32LE", "utf-32BE"];

    /// <summary>
    /// Describes the likely encodings, one a line, the most likely first, with an excerpt around the first byte that could not be decoded,
    /// and the other encodings that give the same text. There may be none.
    /// </summary>
    /// <param name="text">What could not be decoded.</param>
    public static IReadOnlyList<string> Describe(UndecodableText text)
    {
        Candidate[][] groups = [.. GroupByText(text).Take(MaximumCount)];
        int width = groups.Select(group => group[0].Name.Length).DefaultIfEmpty().Max();
        return
        [
            .. groups.Select(group =>
                $"  {group[0].Name.PadRight(width)}  \"{Excerpt(text, group[0])}\""
                + (group.Length == 1 ? "" : $"  (the same in {Names(group[1..])})")),
        ];

        static string Names(Candidate[] candidates) => string.Join(", ", candidates.Select(candidate => candidate.Name));
    }

    /// <summary>The likely encodings, the most likely first: one of those that give the same text. There may be none.</summary>
    /// <param name="text">What could not be decoded.</param>
    public static IEnumerable<string> NamesOf(UndecodableText text) => GroupByText(text).Select(group => group[0].Name);

    // Of encodings that give the same text, those of Windows know more characters, which may come later.
    private static IEnumerable<Candidate[]> GroupByText(UndecodableText text) => Find(text).GroupBy(candidate => candidate.Text)
        .Select(group => group.OrderBy(candidate => !candidate.Name.StartsWith("windows", StringComparison.Ordinal)).ToArray());

    /// <summary>What the detector recognizes, then the other encodings by how well the text reads in them.</summary>
    private static IEnumerable<Candidate> Find(UndecodableText text)
    {
        byte[] sample = text.Sample.ToArray();
        bool isWide = sample.Contains((byte)0);
        string[] detected = isWide ? [] : [.. Detect(sample)];
        // A few zero bytes in a text that is otherwise as expected can be NUL characters.
        string[] names = isWide ? [text.Encoding, .. Wide] : [.. Narrow, .. Wide];
        Candidate[] known = [.. names.Select(Decode).OfType<Candidate>()];
        Candidate[] ranked = [.. known.OrderByDescending(candidate => candidate.Readability)];
        bool isReadable = isWide || known.Any(candidate => candidate.Readability >= 0.5);
        return detected.Select(Decode).OfType<Candidate>().SelectMany(candidate => ranked.Where(candidate.IsWorseThan).Append(candidate))
            .Concat(ranked.Where(candidate => candidate.Readability >= 0.5 || !isReadable))
            .DistinctBy(candidate => candidate.Name);

        Candidate? Decode(string name) =>
            TryDecode(sample, name) is { } decoded ? new(name, decoded, Readability.Of(decoded)) : null;
    }

    private static IEnumerable<string> Detect(byte[] sample)
    {
        if (sample.Where(value => value >= 0x80).Distinct().Count() < MinimumDistinctBytes) return [];
        return CharsetDetector.DetectFromBytes(sample).Details.Where(detail => detail.Confidence >= MinimumConfidence)
            .Select(detail => detail.EncodingName switch
            {
                "shift-jis" => "shift_jis",
                "ibm866" => "cp866",
                string name => name,
            });
    }

    /// <summary>Decodes a text strictly; null if it is not in this encoding, or nothing that a person writes.</summary>
    private static string? TryDecode(byte[] sample, string name)
    {
        try
        {
            char[] characters = new char[StrictEncoding(name).GetMaxCharCount(sample.Length)];
            // The sample may end within a character.
            int count = StrictEncoding(name).GetDecoder().GetChars(sample, characters, flush: false);
            string text = new(characters, 0, count);
            return IsText(text) ? text : null;
        }
        catch (Exception exception) when (exception is DecoderFallbackException or ArgumentException or NotSupportedException)
        {
            // Not in this encoding, or a name that .NET does not have.
            return null;
        }
    }

    // As the library reads it.
    private static Encoding StrictEncoding(string name) =>
        CodePagesEncodingProvider.Instance.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback)
        ?? Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);

    private static bool IsText(string text)
    {
        int controls = 0, zeros = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            UnicodeCategory category = Rune.GetUnicodeCategory(character);
            // Code pages map undefined bytes to these.
            if (category is UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) return false;
            if (category != UnicodeCategory.Control || character.Value is '\t' or '\n' or '\r' or '\f') continue;
            if (character.Value >= 0x80) return false;
            if (character.Value == 0) zeros++;
            else controls++;
        }

        return controls * 100 <= text.Length && zeros * 10 <= text.Length;
    }

    private static string Excerpt(UndecodableText text, Candidate candidate)
    {
        ReadOnlySpan<byte> before = text.Sample.Span[..(int)(text.Offset - text.SampleOffset)];
        int place = StrictEncoding(candidate.Name).GetDecoder().GetCharCount(before, flush: false);
        int start = Math.Max(0, place - ExcerptBefore);
        if (start > 0 && char.IsLowSurrogate(candidate.Text[start])) start--;
        StringBuilder excerpt = new();
        foreach (Rune character in candidate.Text[start..].EnumerateRunes().Take(ExcerptLength))
            excerpt.Append(character.Value == ' ' ? " " : VisibleText.Of(character.ToString()));
        return excerpt.ToString();
    }

    /// <summary>A text as an encoding has it.</summary>
    private sealed record Candidate(string Name, string Text, double Readability)
    {
        /// <summary>
        /// Whether another encoding has most letters at the same places and reads better. The detector mistakes such pairs for each other,
        /// iso-8859-2 and windows-1250 for example.
        /// </summary>
        public bool IsWorseThan(Candidate other)
        {
            if (other.Readability <= Readability || other.Text.Length != Text.Length) return false;
            int same = 0, all = 0;
            foreach ((char first, char second) in Text.Zip(other.Text))
            {
                if (char.IsAscii(first)) continue;
                all++;
                if (first == second) same++;
            }

            return same * 2 > all;
        }
    }
}
