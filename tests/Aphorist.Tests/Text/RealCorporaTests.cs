using Xunit;

namespace Aphorist.Tests.Text;

/// <summary>The published facts of the downloadable corpora, where they are at hand.</summary>
public sealed class RealCorporaTests
{
    [Theory]
    [InlineData("nietzsche", true, 600_893, 57)]
    [InlineData("tinyshakespeare", false, 1_115_394, 65)]
    public async Task Open_Downloaded_HasItsCounts(string name, bool lowercase, int characters, int distinct)
    {
        SkipWithout(name);
        Corpus corpus = await CorpusCatalog.OpenAsync(name, new() { Lowercase = lowercase }, cancellationToken: TestContext.Current.CancellationToken);
        CharacterTokenizer vocabulary = CharacterTokenizer.Create(corpus);
        Assert.Equal((characters, distinct), (corpus.CharacterCount, vocabulary.VocabularySize));
        Assert.Equal(corpus.Text, vocabulary.Decode(vocabulary.Encode(corpus.Text)));
    }

    [Fact]
    public void Read_NietzscheAsItsKerasModelSawIt_HasItsCounts()
    {
        SkipWithout("nietzsche");
        byte[] bytes = File.ReadAllBytes(Path.Combine(CorpusCatalog.Folder, "nietzsche.txt"));
        Corpus corpus = Corpus.Read("-", new() { Encoding = "cp1252", Lowercase = true }, new MemoryStream(bytes[8..]));
        Assert.Equal((600_893, 59), (corpus.CharacterCount, CharacterTokenizer.Create(corpus).VocabularySize));
    }

    private static void SkipWithout(string name)
    {
        bool there = Environment.GetEnvironmentVariable("APHORIST_CORPORA") is { Length: > 0 } && CorpusCatalog.IsAvailableOffline(CorpusCatalog.Get(name));
        Assert.SkipUnless(there, $"needs {name}.txt in the folder that APHORIST_CORPORA names");
    }
}
