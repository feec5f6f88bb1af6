using Xunit;

namespace Aphorist.Tests.Text;

/// <summary>The published facts of the downloadable corpora, where they were downloaded.</summary>
public sealed class RealCorporaTests
{
    [Theory]
    [InlineData("nietzsche", true, 600_893, 57)]
    [InlineData("tinyshakespeare", false, 1_115_394, 65)]
    public async Task Open_Downloaded_HasItsCounts(string name, bool lowercase, int characters, int distinct)
    {
        SkipWithout(name);
        Corpus corpus = await Corpus.OpenAsync(
            CorpusCatalog.Get(name), new() { Lowercase = lowercase }, cancellationToken: TestContext.Current.CancellationToken);
        CharacterTokenizer vocabulary = CharacterTokenizer.Create(corpus);
        Assert.Equal((characters, distinct), (corpus.CharacterCount, vocabulary.VocabularySize));
        Assert.Equal(corpus.Text, vocabulary.Decode(vocabulary.Encode(corpus.Text)));
    }

    [Fact]
    public async Task Open_NietzscheAsItsKerasModelSawIt_HasItsCounts()
    {
        SkipWithout("nietzsche");
        byte[] bytes = File.ReadAllBytes(Path.Combine(new CorpusCache().DownloadFolder, "nietzsche.txt"));
        CorpusOptions options = new() { Encoding = "cp1252", Lowercase = true, StandardInput = new MemoryStream(bytes[8..]) };
        Corpus corpus = await Corpus.OpenAsync("-", options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((600_893, 59), (corpus.CharacterCount, CharacterTokenizer.Create(corpus).VocabularySize));
    }

    private static void SkipWithout(string name)
    {
        bool there = Environment.GetEnvironmentVariable("APHORIST_CORPORA") is { Length: > 0 }
            && CorpusCatalog.IsAvailableOffline(CorpusCatalog.Get(name));
        Assert.SkipUnless(there, $"needs {name}.txt in the folder that APHORIST_CORPORA names");
    }
}
