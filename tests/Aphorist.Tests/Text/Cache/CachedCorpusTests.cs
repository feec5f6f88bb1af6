using System.Text;
using Aphorist.Text;
using Aphorist.Text.Cache;
using Aphorist.Text.Tokenizers;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Cache;

/// <summary>A cached text is the same as one in memory, wherever its blocks end.</summary>
public sealed class CachedCorpusTests : IDisposable
{
    private static readonly string[] Encodings = ["utf-8", "utf-16", "utf-16BE", "utf-32", "gb18030"];

    private static readonly string?[] BadEncodings = ["utf-8", "utf-16", "shift_jis", "gb18030", "windows-1252", null];

    private static readonly Gen<byte> MostlyAscii = Gen.Frequency((5, Gen.Byte[0x20, 0x7E]), (1, Gen.Byte));

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public Task Open_AnyTextsInBlocks_AreWhatTheyAreInMemory() =>
        Gen.Select(Texts.WellFormed.Array[1, 3], Gen.Int[0, Encodings.Length - 1], Gen.Int[4, 40], Gen.Bool, Gen.Bool)
        .SampleAsync(async (texts, encoding, blockLength, lowercase, hasMark) =>
        {
            // gb18030 lacks a few characters of the private use area.
            if (Encodings[encoding] == "gb18030") texts = [.. texts.Select(WithoutPrivateUse)];
            string[] paths = [.. texts.Select((text, index) => Fill(folder[$"{index}.txt"], text, Encodings[encoding], hasMark))];
            CorpusOptions options = new() { Encoding = Encodings[encoding], Lowercase = lowercase };
            (Corpus? expected, string? refusal) = await TryAsync(paths, options with { MaxInMemoryBytes = long.MaxValue });
            (Corpus? corpus, string? message) = await TryAsync(paths, Cached(blockLength, options));
            if (refusal is not null)
            {
                Assert.Equal(refusal, message);
                return;
            }

            Assert.False(corpus!.IsInMemory);
            Assert.Equal(expected!.Text, string.Concat(corpus.EnumerateBlocks()));
            Assert.Equal(Facts(expected), Facts(corpus));
            Assert.Equal(CharacterTokenizer.Create(expected).Characters, CharacterTokenizer.Create(corpus).Characters);
            Assert.Throws<InvalidOperationException>(() => corpus.Text);
        }, threads: 1, iter: 200);

    [Fact]
    public Task Open_AnyBytesInBlocks_AreRefusedAsInMemory() =>
        Gen.Select(MostlyAscii.Array[1, 60], Gen.Int[4, 20], Gen.Int[0, BadEncodings.Length - 1])
        .SampleAsync(async (bytes, blockLength, encoding) =>
        {
            string path = folder.Write("bytes.txt", bytes!);
            CorpusOptions options = new() { Encoding = BadEncodings[encoding] };
            (Corpus? expected, string? refusal) = await TryAsync([path], options with { MaxInMemoryBytes = long.MaxValue });
            (Corpus? corpus, string? message) = await TryAsync([path], Cached(blockLength, options));
            Assert.Equal(refusal, message);
            Assert.Equal(expected?.Sha256, corpus?.Sha256);
        }, threads: 1, iter: 400);

    [Fact]
    public async Task Open_UndecodableAfterManyBlocks_NamesItsOffset()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é, and so on\n", 20_000)));
        bytes[200_003] = 0xFF;
        string path = folder.Write("long.txt", bytes);
        (_, string? message) = await TryAsync([path], Cached(1000));
        Assert.StartsWith($"'{path}' is not utf-8 text (byte 0xFF at offset 200003)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_MarkOfAnotherEncoding_IsRefusedOrNotedAsInMemory()
    {
        byte[] utf8 = Encoding.UTF8.GetBytes("\uFEFF" + string.Concat(Enumerable.Repeat("é\n", 1000)));
        CorpusOptions options = new() { Encoding = "windows-1252" };
        string path = folder.Write("a.txt", utf8);
        (_, string? refusal) = await TryAsync([path], options);
        Assert.Contains("begins with the byte order mark of utf-8 and is utf-8 text", refusal, StringComparison.Ordinal);
        Assert.Equal(refusal, (await TryAsync([path], Cached(16, options))).Refusal);

        string other = folder.Write("b.txt", [.. utf8, 0xE9, 0]);
        Corpus expected = await OpenAsync([other], options);
        Assert.Equal(2, expected.Notes.Count);
        foreach (int _ in Enumerable.Range(0, 2))
        {
            // Also when it is in the cache already.
            Corpus corpus = await OpenAsync([other], Cached(16, options));
            Assert.Equal(expected.Notes, corpus.Notes);
            Assert.Equal(expected.Sha256, corpus.Sha256);
        }
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(3000, 2)]
    [InlineData(65_536, 2)]
    [InlineData(65_537, 4)]
    public async Task Open_ManyCharacters_AreWidenedWhenTheyOccur(int distinct, int width)
    {
        string beginning = string.Concat(Enumerable.Repeat("the same again, and again\n", 60_000));
        IEnumerable<int> others = Enumerable.Range(0x4E00, 0x5000).Concat(Enumerable.Range(0x20000, 0xC000));
        string rest = string.Concat(others.Select(value => new Rune(value).ToString()).Take(distinct - beginning.Distinct().Count()));
        string text = beginning + rest + beginning;
        Corpus corpus = await OpenAsync([folder.Write("many.txt", text)], Cached(1 << 16));
        Assert.Equal(text, string.Concat(corpus.EnumerateBlocks()));
        CacheFileDescription description = CacheFile.TryReadDescription(Assert.Single(CachedFiles()))!;
        Assert.Equal((distinct, width), (corpus.DistinctCharacters().Length, description.Width));
    }

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public Task TokensOf_AnyTokenizer_AreThoseOfTheTextInMemory(TokenizerKind kind) => Texts.Prose.Array[1, 20].SampleAsync(async pieces =>
    {
        string text = string.Concat(pieces);
        if (text.Length == 0) return;
        string path = folder.Write("prose.txt", "\uFEFF" + text);
        Corpus corpus = await OpenAsync([path], Cached(16)), expected = Corpus.FromText(text);
        TokenizerOptions options = new() { Kind = kind };
        Tokenizer tokenizer = Tokenizer.Create(corpus, options), wanted = Tokenizer.Create(expected, options);
        Assert.Equal(wanted.VocabularySize, tokenizer.VocabularySize);
        if (wanted.Spelling is { } spelling)
            Assert.Equal(spelling.GetLoss("ab\U0001F600"), tokenizer.Spelling!.GetLoss("ab\U0001F600"));
        TokenSequence tokens = TokensOf(corpus, tokenizer);
        Assert.Equal(wanted.Encode(text), tokens.Slice(0, (int)tokens.Count));

        // What is created asynchronously is the same, and is then kept.
        Directory.Delete(folder["prepared"], recursive: true);
        Corpus again = await OpenAsync([path], Cached(16));
        Tokenizer same = await Tokenizer.CreateAsync(again, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(wanted.Spelling?.GetLoss("ab"), same.Spelling?.GetLoss("ab"));
        Assert.Equal(tokens.Count, await again.TokenizeAsync(same, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(wanted.Encode(text), TokensOf(again, same).Slice(0, (int)tokens.Count));
        Assert.Same(TokensOf(again, same), TokensOf(again, same));
    }, threads: 1, iter: 100);

    [Fact]
    public async Task TokensOf_TextOfAscii_TakesNoSecondFileForBytes()
    {
        Corpus corpus = await OpenAsync([folder.Write("a.txt", "plain\n")], Cached(16));
        Assert.Equal("plain\n"u8.ToArray().Select(value => (int)value), TokensOf(corpus, new ByteTokenizer()).Slice(0, 6));
        Assert.Single(CachedFiles());
    }

    [Fact]
    public async Task TokensOf_CharacterUnknown_IsNamedWithItsPosition()
    {
        Corpus corpus = await OpenAsync([folder.Write("a.txt", "abcaé, then ü")], Cached(16));
        UnknownCharacterException exception = Assert.Throws<UnknownCharacterException>(
            () => TokensOf(corpus, CharacterTokenizer.FromCharacters("abc, then")));
        Assert.Equal((new Rune('é'), 4), (exception.Character, exception.Position));
    }

    [Fact]
    public async Task Read_CachedTokens_AllocatesNothing()
    {
        Corpus corpus = await OpenAsync([folder.Write("a.txt", string.Concat(Enumerable.Repeat("plain text\n", 1000)))], Cached(1000));
        TokenSequence tokens = TokensOf(corpus, CharacterTokenizer.Create(corpus));
        int[] ids = new int[5000];
        // Until the compiler has optimized every method there may be garbage; a read that allocates does so every time.
        Assert.True(SpinWait.SpinUntil(() => AllocationsOfReading() == 0, TimeSpan.FromSeconds(10)), "Every read allocates.");

        long AllocationsOfReading()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int start = 0; start < 100; start++) tokens.Read(start, ids);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void WholeTokens_AnyBlocks_EndWhereATokenEnds() => Gen.Select(Texts.Prose, Gen.Int[1, 12]).Sample((text, length) =>
    {
        string[] blocks = [.. TokenBoundaryChunker.Of(text.Chunk(length).Select(block => new string(block)))];
        Assert.Equal(text, string.Concat(blocks));
        Assert.Equal(TokensOf(text), blocks.SelectMany(TokensOf));
    });

    private static TokenSequence TokensOf(Corpus corpus, Tokenizer tokenizer) =>
        corpus.TokensOf(tokenizer, TestContext.Current.CancellationToken);

    private static IEnumerable<string> TokensOf(string text)
    {
        for (int place = 0; place < text.Length;)
        {
            int length = WordSplitter.FirstLength(text.AsSpan(place));
            yield return text.Substring(place, length);
            place += length;
        }
    }

    private static (string, long, string, TextNormalization) Facts(Corpus corpus) =>
        (corpus.Name, corpus.CharacterCount, corpus.Sha256, corpus.Normalization);

    private static string WithoutPrivateUse(string text) =>
        string.Concat(text.EnumerateRunes().Where(character => character.Value is not (>= 0xE000 and < 0xF900)));

    private static string Fill(string path, string text, string encoding, bool hasMark)
    {
        Encoding strict = TextEncodings.Get(encoding);
        File.WriteAllBytes(path, strict.GetBytes((hasMark ? "\uFEFF" : "") + text));
        return path;
    }

    private static async Task<(Corpus? Corpus, string? Refusal)> TryAsync(string[] paths, CorpusOptions options)
    {
        try
        {
            return (await OpenAsync(paths, options), null);
        }
        catch (CorpusException exception)
        {
            return (null, exception.Message);
        }
    }

    private static Task<Corpus> OpenAsync(string[] paths, CorpusOptions options) =>
        Corpus.OpenAsync(paths, options, cancellationToken: TestContext.Current.CancellationToken);

    private CorpusOptions Cached(int blockLength, CorpusOptions? options = null) =>
        (options ?? new()) with { CacheFolder = folder["prepared"], MaxInMemoryBytes = 0, BlockLength = blockLength };

    private string[] CachedFiles() => Directory.GetFiles(folder["prepared"], "*.prepared");
}
