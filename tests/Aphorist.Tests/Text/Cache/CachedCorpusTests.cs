using System.Text;
using Aphorist.Text;
using Aphorist.Text.Cache;
using Aphorist.Text.Tokenizers;
using CsCheck;
using Xunit;

namespace Aphorist.Tests.Text.Cache;

/// <summary>A large text is the same text as one held in memory, wherever its blocks end.</summary>
public sealed class PreparedTextTests : IDisposable
{
    private static readonly string[] Encodings = ["utf-8", "utf-16", "utf-16BE", "utf-32", "gb18030"];

    private static readonly string?[] BadEncodings = ["utf-8", "utf-16", "shift_jis", "gb18030", "windows-1252", null];

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Read_AnyTextsInBlocks_AreWhatTheyAreInMemory() =>
        Gen.Select(Texts.WellFormed.Array[1, 3], Gen.Int[0, Encodings.Length - 1], Gen.Int[4, 40], Gen.Bool, Gen.Bool).Sample((texts, encoding, blockLength, lowercase, hasMark) =>
        {
            // gb18030 lacks a few characters of the private use area.
            if (Encodings[encoding] == "gb18030") texts = [.. texts.Select(text => string.Concat(text.EnumerateRunes().Where(character => character.Value is not (>= 0xE000 and < 0xF900))))];
            string[] paths = [.. texts.Select((text, index) => Fill(folder[$"{index}.txt"], text, Encodings[encoding], hasMark))];
            CorpusOptions options = new() { Encoding = Encodings[encoding], Lowercase = lowercase };
            (Corpus? expected, string? refusal) = Try(() => Read(paths, options, new CorpusCacheStore(folder.Path) { Threshold = long.MaxValue }));
            (Corpus? corpus, string? message) = Try(() => Read(paths, options, Store(blockLength)));
            if (refusal is not null)
            {
                Assert.Equal(refusal, message);
                return;
            }

            Assert.False(corpus!.IsInMemory);
            Assert.Equal(expected!.Text, string.Concat(corpus.EnumerateBlocks()));
            Assert.Equal((expected.Name, expected.CharacterCount, expected.Sha256, expected.Normalization), (corpus.Name, corpus.CharacterCount, corpus.Sha256, corpus.Normalization));
            Assert.Equal(CharacterTokenizer.Create(expected).Characters, CharacterTokenizer.Create(corpus).Characters);
            Assert.Throws<InvalidOperationException>(() => corpus.Text);
        }, threads: 1, iter: 200);

    [Fact]
    public void Read_AnyBytesInBlocks_AreRefusedAsInMemory() =>
        Gen.Select(Gen.Frequency((5, Gen.Byte[0x20, 0x7E]), (1, Gen.Byte)).Array[1, 60], Gen.Int[4, 20], Gen.Int[0, BadEncodings.Length - 1]).Sample((bytes, blockLength, encoding) =>
        {
            string path = folder.Write("bytes.txt", bytes!);
            CorpusOptions options = new() { Encoding = BadEncodings[encoding] };
            (Corpus? expected, string? refusal) = Try(() => Read([path], options, new CorpusCacheStore(folder.Path) { Threshold = long.MaxValue }));
            (Corpus? corpus, string? message) = Try(() => Read([path], options, Store(blockLength)));
            Assert.Equal(refusal, message);
            Assert.Equal(expected?.Sha256, corpus?.Sha256);
        }, threads: 1, iter: 400);

    [Fact]
    public void Read_UndecodableFarBehind_NamesItsOffset()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("é, and so on\n", 20_000)));
        bytes[200_003] = 0xFF;
        string path = folder.Write("long.txt", bytes);
        (_, string? message) = Try(() => Read([path], new(), Store(1000)));
        Assert.StartsWith($"'{path}' is not utf-8 text (byte 0xFF at offset 200003)", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(256, 1)]
    [InlineData(257, 2)]
    [InlineData(3000, 2)]
    [InlineData(65_536, 2)]
    [InlineData(65_537, 4)]
    public void Read_ManyCharacters_AreWidenedWhenTheyCome(int distinct, int width)
    {
        string beginning = string.Concat(Enumerable.Repeat("the same again, and again\n", 60_000));
        string rest = string.Concat(Enumerable.Range(0x4E00, 0x5000).Concat(Enumerable.Range(0x20000, 0xC000)).Select(value => new Rune(value).ToString()).Take(distinct - beginning.Distinct().Count()));
        string text = beginning + rest + beginning;
        Corpus corpus = Read([folder.Write("many.txt", text)], new(), Store(1 << 16));
        Assert.Equal(text, string.Concat(corpus.EnumerateBlocks()));
        Assert.Equal((distinct, width), (corpus.DistinctCharacters().Length, CacheFile.TryOpen(Assert.Single(Store(0).Files()))!.Description.Width));
    }

    [Theory]
    [InlineData(TokenizerKind.Characters)]
    [InlineData(TokenizerKind.Words)]
    [InlineData(TokenizerKind.Bytes)]
    public void TokensOf_AnyTokenizer_AreThoseOfTheTextInMemory(TokenizerKind kind) => Texts.Prose.Array[1, 20].Sample(pieces =>
    {
        string text = string.Concat(pieces);
        if (text.Length == 0) return;
        string path = folder.Write("prose.txt", "\uFEFF" + text);
        Corpus corpus = Read([path], new(), Store(16)), expected = Corpus.FromText(text);
        TokenizerOptions options = new() { Kind = kind };
        Tokenizer tokenizer = options.CreateTokenizer(corpus), wanted = options.CreateTokenizer(expected);
        Assert.Equal(wanted.VocabularySize, tokenizer.VocabularySize);
        TokenSequence tokens = TokensOf(corpus, tokenizer);
        Assert.Equal(wanted.Encode(text), tokens.Slice(0, (int)tokens.Count));
    }, threads: 1, iter: 100);

    [Fact]
    public void TokensOf_TextOfAscii_TakesNoSecondFileForBytes()
    {
        Corpus corpus = Read([folder.Write("a.txt", "plain\n")], new(), Store(16));
        Assert.Equal("plain\n"u8.ToArray().Select(value => (int)value), TokensOf(corpus, new ByteTokenizer()).Slice(0, 6));
        Assert.Single(Store(16).Files());
    }

    [Fact]
    public void TokensOf_CharacterUnknown_IsNamedWithItsPlace()
    {
        Corpus corpus = Read([folder.Write("a.txt", "abcaé, then ü")], new(), Store(16));
        UnknownCharacterException exception = Assert.Throws<UnknownCharacterException>(() => TokensOf(corpus, CharacterTokenizer.FromCharacters("abc, then")));
        Assert.Equal((new Rune('é'), 4), (exception.Character, exception.Position));
    }

    [Fact]
    public void Read_PreparedTokens_AllocatesNothing()
    {
        Corpus corpus = Read([folder.Write("a.txt", string.Concat(Enumerable.Repeat("plain text\n", 1000)))], new(), Store(1000));
        TokenSequence tokens = TokensOf(corpus, CharacterTokenizer.Create(corpus));
        int[] ids = new int[5000];
        // Until the compiler has optimised every method there may be garbage; a read that allocates does so every time.
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

    private static TokenSequence TokensOf(Corpus corpus, Tokenizer tokenizer) => corpus.TokensOf(tokenizer, null, TestContext.Current.CancellationToken);

    private static IEnumerable<string> TokensOf(string text)
    {
        for (int place = 0; place < text.Length;)
        {
            int length = WordSplitter.FirstLength(text.AsSpan(place));
            yield return text.Substring(place, length);
            place += length;
        }
    }

    private static string Fill(string path, string text, string encoding, bool hasMark)
    {
        Encoding strict = TextEncodings.Get(encoding);
        File.WriteAllBytes(path, strict.GetBytes((hasMark ? "\uFEFF" : "") + text));
        return path;
    }

    private static (Corpus? Corpus, string? Refusal) Try(Func<Corpus> read)
    {
        try
        {
            return (read(), null);
        }
        catch (CorpusException exception)
        {
            return (null, exception.Message);
        }
    }

    private static Corpus Read(string[] paths, CorpusOptions options, CorpusCacheStore texts)
    {
        CorpusReader reader = new(options, null, texts);
        foreach (string path in paths) reader.Add(path);
        return reader.ToCorpus();
    }

    private CorpusCacheStore Store(int blockLength) => new(folder["prepared"]) { Threshold = 0, BlockLength = blockLength };
}
